// The HTTP door of the conversation: what the socket also does, one call each.

/** A call that failed: HTTP status (0 when nobody answered) and seconds to wait, if told. */
export class ApiError extends Error {
  constructor(status, retryAfter = null) {
    super(`HTTP ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export class Api {
  #base;
  #session;

  constructor({ base, session }) {
    this.#base = base;
    this.#session = session;
  }

  sendConversation(site, signal) {
    const identity = this.#session.identity;
    const body = identity ? { site, identity } : { site };
    return this.#call("/conversations", { body, signal });
  }

  sendMessage({ client_id, text }, signal) {
    const path = `/conversations/${this.#session.conversation}/messages`;
    return this.#call(path, { body: { client_id, text }, signal });
  }

  sendFeedback({ exchange, rating, comment }, signal) {
    const path = `/exchanges/${exchange}/feedback`;
    return this.#call(path, { body: { rating, comment }, signal });
  }

  /** A page of at most 200 events after a number; waits up to `wait` seconds for the first. */
  readEvents({ after, wait = 0, signal }) {
    const path = `/conversations/${this.#session.conversation}/events`;
    return this.#call(`${path}?after=${after}&wait=${wait}`, { signal });
  }

  async #call(path, { body, signal }) {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const token = this.#session.token;
    if (token) headers.Authorization = `Bearer ${token}`;
    const method = body ? "POST" : "GET";
    const request = { method, headers, body: body && JSON.stringify(body), signal };
    const response = await fetch(this.#base + path, { ...request, credentials: "omit" }).catch(() => {
      throw new ApiError(0);
    });
    if (!response.ok) {
      throw new ApiError(response.status, Number(response.headers.get("Retry-After")) || null);
    }
    return response.status === 204 ? null : response.json();
  }
}
