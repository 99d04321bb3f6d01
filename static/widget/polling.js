// The slow way to the server, where sockets are blocked: long polls that look like the socket.

import { ApiError } from "./api.js";

const WAIT = 25; // seconds, the server's most
const CLOSE_CODES = { 401: 4401, 403: 4403, 404: 4404, 429: 4429 };
const ERROR_CODES = {
  403: "forbidden",
  404: "forbidden",
  409: "closed",
  413: "too_long",
  429: "rate_limited",
  503: "busy",
};

export class PollingTransport {
  #options;
  #abort = new AbortController();
  #isOpen = false;

  constructor({ site, api, session, log, onFrame, onClose }) {
    this.#options = { site, api, session, log, onFrame, onClose };
  }

  open() {
    this.#run().catch((error) => this.#fail(error));
  }

  send(frame) {
    if (this.#isOpen) this.#post(frame).catch((error) => this.#report(frame, error));
    return this.#isOpen;
  }

  close() {
    this.#options.onClose = () => {};
    this.#finish(1000);
  }

  async #run() {
    this.#welcome(await this.#getConversation());
    while (this.#isOpen) {
      const page = await this.#readPage();
      page.events.forEach((event) => this.#options.onFrame({ type: "event", event }));
    }
  }

  #fail(error) {
    this.#finish(CLOSE_CODES[error.status] ?? 1006);
    if (!(error instanceof ApiError)) throw error; // ours, not the network's
  }

  async #getConversation() {
    const { site, api, session, log } = this.#options;
    const { signal } = this.#abort;
    if (!session.token) return api.sendConversation(site, signal);
    const page = await api.readEvents({ after: log.lastSeq, signal });
    return { id: session.conversation, token: session.token, ...page };
  }

  #welcome({ id, token, last_seq, status }) {
    this.#isOpen = true;
    this.#options.onFrame({ type: "welcome", conversation: id, token, last_seq, status });
  }

  async #readPage() {
    const { api, log } = this.#options;
    try {
      return await api.readEvents({ after: log.lastSeq, wait: WAIT, signal: this.#abort.signal });
    } catch (error) {
      if (error.status !== 429 && error.status !== 503) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * (error.retryAfter ?? 2)));
      return { events: [] };
    }
  }

  async #post(frame) {
    const { api, onFrame } = this.#options;
    if (frame.type === "feedback") await api.sendFeedback(frame, this.#abort.signal);
    if (frame.type !== "message") return; // typing and pings have no HTTP form
    const { event, answer } = await api.sendMessage(frame, this.#abort.signal);
    onFrame({ type: "event", event });
    if (answer) onFrame({ type: "event", event: answer });
  }

  #report(frame, error) {
    const { status, retryAfter } = error;
    const code = ERROR_CODES[status] ?? (status >= 400 && status < 500 ? "bad_frame" : null);
    if (!code || status === 401) this.#fail(error);
    else {
      const { client_id } = frame;
      this.#options.onFrame({ type: "error", code, client_id, retry_after: retryAfter });
    }
  }

  #finish(code) {
    this.#isOpen = false;
    this.#abort.abort();
    const { onClose } = this.#options;
    this.#options.onClose = () => {};
    onClose(code);
  }
}
