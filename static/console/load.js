// Parts of a page that take a while to work out, fetched after it.

const SLOW = "This could not be worked out. Load the page again.";

/**
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<string>} a fragment of HTML; a redirect to the log-in page counts as a failure
 */
export async function fetchHtml(url, options) {
  const response = await fetch(url, { credentials: "same-origin", ...options });
  if (!response.ok || response.redirected) throw new Error(`HTTP ${response.status}`);
  return response.text();
}

/**
 * Fills every `[data-load]` with what its address answers.
 * @param {(section: HTMLElement) => void} [done]
 */
export function loadSections(done = () => {}) {
  for (const section of document.querySelectorAll("[data-load]")) {
    const place = section.querySelector("[data-loaded]");
    fetchHtml(section.dataset.load)
      .then((html) => {
        place.innerHTML = html;
        done(section);
      })
      .catch((error) => {
        console.warn("A part of the page was not loaded.", error);
        place.textContent = SLOW;
        place.classList.add("desk-error");
        done(section);
      });
  }
}
