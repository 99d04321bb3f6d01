// Calls to the server: what came back, or a Problem in words that a person can act on.

const PATIENCE_MS = 15000;
const WORDS = {
  0: "the server did not answer",
  401: "you are signed out",
  403: "your account may not do this",
  404: "this conversation is no longer there",
};

/** Why a call failed; `status` is 0 when no answer came, `words` the end of a sentence. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} [said] a whole sentence of the server's
   */
  constructor(status, said = "") {
    super(said || WORDS[status] || "the server could not do it");
    this.status = status;
    this.said = said;
  }

  /** @param {string} what that failed, such as "Not sent" */
  explain(what) {
    return this.said || `${what}: ${this.message}.`;
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<any>}
 */
export function read(url, signal) {
  return call(url, { signal });
}

/**
 * Posts the fields with the proof that this page is ours; the cookie, because a form's own
 * proof is outdated once somebody has signed in again in another tab.
 * @param {string} url
 * @param {Record<string, string>} fields
 * @returns {Promise<any>}
 */
export function post(url, fields = {}) {
  const proof = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  return call(url, {
    method: "POST",
    headers: { "X-CSRFToken": proof },
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

async function call(url, options) {
  let response;
  try {
    response = await fetch(url, {
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
    if (response.ok) return response.status === 204 ? {} : await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  const said = response.status === 409 ? (await response.json()).error : "";
  throw new Problem(response.status, said);
}
