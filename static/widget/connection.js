// Keeps one way to the server open: socket first, long polls where sockets are blocked.

import { ApiError } from "./api.js";
import { PollingTransport } from "./polling.js";
import { SocketTransport } from "./socket.js";

const START_ANEW = 4401;
const SLOW_DOWN = 4429; // too many sockets, calls or frames
const REFUSALS = { 4403: "forbidden", 4404: "unknownSite" };
const SOCKET_TRIES = 2; // in a row without a welcome, before long polls serve
const FIRST_DELAY = 500; // ms
const LONGEST_DELAY = 10_000; // ms

/** Milliseconds before try number `failures`: exponential, with full jitter above a floor. */
export function buildDelay(failures, random) {
  const most = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 1));
  return FIRST_DELAY / 2 + random() * most;
}

/**
 * States told to `onState`: idle, connecting, open, down, forbidden, unknownSite.
 * The last two are final. `onExpired` must forget the conversation.
 */
export class Connection {
  #parts;
  #transport = null;
  #state = "idle";
  #timer = 0;
  #failures = 0;
  #socketFailures = 0;
  #isReading = false;
  #isReadWanted = false;

  constructor({ site, socketUrl, api, session, log, onFrame, onState, onExpired, random = Math.random }) {
    this.#parts = { site, socketUrl, api, session, log, onFrame, onState, onExpired, random };
  }

  get state() {
    return this.#state;
  }

  start() {
    if (this.#state === "idle") this.#connect();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#transport?.close();
    this.#transport = null;
    if (!Object.values(REFUSALS).includes(this.#state)) this.#setState("idle");
  }

  restart() {
    this.stop();
    this.start();
  }

  send(frame) {
    return this.#transport?.send(frame) ?? false;
  }

  /** The network or the visitor came back: no reason to wait, and something may be missing. */
  wake() {
    if (this.#state === "down") this.#connect();
    else if (this.#state === "open") this.readMissing();
  }

  /** Reads every event after the last one known; asked for while reading, it reads again. */
  async readMissing() {
    this.#isReadWanted = true;
    if (this.#isReading || this.#state !== "open") return;
    this.#isReading = true;
    try {
      while (this.#isReadWanted) await this.#readPages();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.#state === "open") this.#lose(1006); // hello says again what was seen last
    } finally {
      this.#isReading = false;
    }
  }

  async #readPages() {
    const { api, log, onFrame } = this.#parts;
    this.#isReadWanted = false;
    for (let isMore = true; isMore; ) {
      const before = log.lastSeq;
      const { events, last_seq } = await api.readEvents({ after: before });
      events.forEach((event) => onFrame({ type: "event", event }));
      isMore = log.lastSeq < last_seq && log.lastSeq > before;
    }
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#setState("connecting");
    this.#transport = this.#buildTransport();
    this.#transport.open();
  }

  #buildTransport() {
    const { site, socketUrl, api, session, log } = this.#parts;
    const onFrame = (frame) => this.#receive(frame);
    const onClose = (code) => this.#lose(code);
    if (this.#socketFailures >= SOCKET_TRIES) {
      return new PollingTransport({ site, api, session, log, onFrame, onClose });
    }
    const buildHello = () => this.#buildHello();
    return new SocketTransport({ url: socketUrl, buildHello, onFrame, onClose });
  }

  #buildHello() {
    const { site, session, log } = this.#parts;
    const { conversation, token, identity } = session;
    const known = conversation && token ? { conversation, token, after: log.lastSeq } : {};
    return { site, ...known, ...(identity && { identity }) };
  }

  #receive(frame) {
    if (frame.type === "welcome") {
      this.#failures = 0;
      if (this.#transport instanceof SocketTransport) this.#socketFailures = 0;
      this.#setState("open");
    }
    this.#parts.onFrame(frame);
  }

  #lose(code) {
    const wasPolling = this.#transport instanceof PollingTransport;
    this.#transport?.close();
    this.#transport = null;
    if (code in REFUSALS) {
      this.#setState(REFUSALS[code]);
      return;
    }
    if (code === START_ANEW) this.#parts.onExpired();
    this.#failures += 1;
    const seemsBlocked = code === 1006 && this.#state === "connecting" && !wasPolling;
    this.#socketFailures = seemsBlocked ? this.#socketFailures + 1 : 0;
    this.#setState("down");
    this.#timer = setTimeout(() => this.#connect(), this.#findDelay(code));
  }

  /** Who was told to slow down waits longest, and no two of them equally long. */
  #findDelay(code) {
    const { random } = this.#parts;
    if (code === SLOW_DOWN) return LONGEST_DELAY * (1 + random());
    return buildDelay(this.#failures, random);
  }

  #setState(state) {
    this.#state = state;
    this.#parts.onState(state);
  }
}
