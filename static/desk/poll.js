// Asks the server again and again while somebody looks at the page.

const PERIOD_MS = 2000;
const LONGEST_MS = 30000;

/**
 * Calls `ask` every two seconds while the page is visible, more slowly while it fails.
 * Returns a function that asks at once.
 * @param {() => Promise<void>} ask
 * @param {HTMLElement | null} stale shown while the last call failed
 * @returns {() => Promise<void>}
 */
export function poll(ask, stale) {
  let timer = 0;
  let failures = 0;
  let running = null;

  async function run() {
    try {
      await ask();
      failures = 0;
    } catch (error) {
      failures += 1;
      console.warn("The desk could not be refreshed.", error);
    }
    if (stale) stale.hidden = failures < 2;
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (document.hidden) return;
    timer = setTimeout(now, Math.min(PERIOD_MS * 2 ** failures, LONGEST_MS));
  }

  function now() {
    clearTimeout(timer);
    running ??= run().finally(() => (running = null));
    return running;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else now();
  });
  plan();
  // What is under way may have asked before the caller's change was stored: wait, then ask anew.
  return async () => {
    await running;
    await now();
  };
}

/**
 * @param {string} url
 * @returns {Promise<any>} the page's JSON; a redirect to the log-in page counts as a failure
 */
export async function fetchJson(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok || response.redirected) throw new Error(`HTTP ${response.status}`);
  return response.json();
}
