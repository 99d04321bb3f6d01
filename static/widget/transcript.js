// The conversation on the screen: the numbered log, then what is still on its way.

import { build } from "./element.js";
import { buildMessage, fillMessage } from "./message.js";
import { FAILURES, WORDING } from "./wording.js";

const NEAR = 80; // px from the end that still count as reading the newest

export class Transcript {
  #scroller;
  #log;
  #tail;
  #botName;
  #feedback;
  #waiting;
  #actions;
  #streams = new Map(); // exchange -> item
  #unsent = new Map(); // client_id -> item

  /** `actions` are retry(client_id) and discard(client_id). */
  constructor({ scroller, log, tail, botName, feedback, waiting, actions }) {
    this.#scroller = scroller;
    this.#log = log;
    this.#tail = tail;
    this.#botName = botName;
    this.#feedback = feedback;
    this.#waiting = waiting;
    this.#actions = actions;
    tail.append(waiting);
  }

  /** The next event of the log; a streamed answer turns into its stored form where it stands. */
  add(event) {
    this.keepEnd(() => {
      if (event.kind === "message") this.#log.append(this.#buildStored(event));
      else if (event.kind === "status") this.#addNotice(event);
    });
  }

  showStream(exchange, text) {
    this.keepEnd(() => {
      const event = { sender: "bot", text, exchange };
      const item = this.#streams.get(exchange);
      if (item) fillMessage(item, event, { botName: this.#botName, links: false });
      else this.#startStream(exchange, event);
    });
  }

  /** Removes streams whose answers will never come. */
  dropStreams(exchanges) {
    exchanges.forEach((exchange) => this.#takeStream(exchange)?.remove());
  }

  showOutbox(entries) {
    this.keepEnd(() => {
      const ids = new Set(entries.map((entry) => entry.client_id));
      for (const [id, item] of this.#unsent) if (!ids.has(id)) this.#dropUnsent(id, item);
      entries.forEach((entry) => this.#showUnsent(entry));
    });
  }

  showEnd() {
    for (const area of [this.#scroller, document.scrollingElement]) area.scrollTop = area.scrollHeight;
  }

  /** Runs a change of the page and stays at the end if the reader was there. */
  keepEnd(change) {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const wasAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    change();
    if (wasAtEnd) this.showEnd();
  }

  clear() {
    this.#streams.clear();
    this.#unsent.clear();
    this.#log.replaceChildren();
    this.#tail.replaceChildren(this.#waiting);
  }

  #buildStored(event) {
    const look = { botName: this.#botName, feedback: this.#feedback.buildPanel(event) };
    const item = event.sender === "visitor" ? null : this.#takeStream(event.exchange);
    if (!item) return buildMessage(event, look);
    item.dataset.sender = event.sender;
    delete item.dataset.streaming;
    fillMessage(item, event, look);
    return item;
  }

  #startStream(exchange, event) {
    const item = buildMessage(event, { botName: this.#botName });
    item.dataset.streaming = "";
    this.#streams.set(exchange, item);
    this.#tail.prepend(item);
  }

  #takeStream(exchange) {
    const item = this.#streams.get(exchange);
    this.#streams.delete(exchange);
    return item;
  }

  #addNotice({ status, text, agent }) {
    const notices = { agent: WORDING.agentHere(agent), bot: WORDING.botBack };
    const words = text || notices[status];
    if (words) this.#log.append(build("li", { class: "notice", "data-status": status, dir: "auto" }, words));
  }

  #showUnsent(entry) {
    let item = this.#unsent.get(entry.client_id);
    if (!item) {
      item = buildMessage({ sender: "visitor", text: entry.text }, { botName: this.#botName });
      this.#unsent.set(entry.client_id, item);
      this.#waiting.before(item);
    }
    if (item.dataset.state === entry.state) return;
    item.dataset.state = entry.state;
    item.querySelector(".delivery")?.remove();
    item.append(this.#buildDelivery(entry));
  }

  #buildDelivery({ client_id, state, code }) {
    const words = { pending: WORDING.waiting, sent: WORDING.sending, failed: FAILURES[code] ?? WORDING.failed };
    const line = build("p", { class: "delivery" }, build("span", {}, words[state]));
    if (state !== "failed") return line;
    const retry = () => this.#actions.retry(client_id);
    const discard = () => this.#actions.discard(client_id);
    line.append(build("button", { type: "button", onclick: retry }, WORDING.retry));
    line.append(build("button", { type: "button", onclick: discard }, WORDING.discard));
    return line;
  }

  #dropUnsent(id, item) {
    this.#unsent.delete(id);
    item.remove();
  }
}
