// The talk with the page around the frame: only the loader's origin is heard and answered.

/** `handlers` are opened(), closed(), identify({identity}) and ask({text}). */
export class Embedding {
  #origin;
  #handlers;

  constructor({ origin, handlers }) {
    this.#origin = origin;
    this.#handlers = handlers;
    window.addEventListener("message", (event) => this.#receive(event));
    this.#send({ type: "ready" });
  }

  /** False when the page was opened by itself. */
  static get isFramed() {
    return window.parent !== window;
  }

  close() {
    this.#send({ type: "close" });
  }

  sendUnread(count) {
    this.#send({ type: "unread", count });
  }

  #send(message) {
    if (Embedding.isFramed) window.parent.postMessage({ firstline: 1, ...message }, this.#origin);
  }

  #receive(event) {
    if (event.source !== window.parent || event.origin !== this.#origin) return;
    const { firstline, type } = event.data ?? {};
    if (firstline === 1 && Object.hasOwn(this.#handlers, type)) this.#handlers[type](event.data);
  }
}

/** The origin the loader wrote behind the `#`; this page's own when it is missing or broken. */
export function parseOrigin(hash) {
  const address = decodeURIComponent(hash.slice(1));
  return /^https?:\/\/[^/]+$/.test(address) && URL.canParse(address)
    ? new URL(address).origin
    : location.origin;
}
