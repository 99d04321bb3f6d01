// Who is typing: the agent's keys shown to the visitor, the visitor's shown to the agent.

import { post } from "./server.js";

const EVERY_MS = 3000;
const SHOWN_MS = 5000; // who stops typing sends nothing

export class Typing {
  #url;
  #line;
  #last = 0;
  #timer = 0;

  /** @param {string} url to tell it to @param {HTMLElement} line that shows the visitor's */
  constructor(url, line) {
    this.#url = url;
    this.#line = line;
  }

  tell() {
    if (Date.now() - this.#last < EVERY_MS) return;
    this.#last = Date.now();
    // A hint and no more: when it does not arrive, nobody misses it.
    post(this.#url).catch(() => {});
  }

  /** Lets the next key be told at once. */
  rest() {
    this.#last = 0;
  }

  show() {
    clearTimeout(this.#timer);
    this.#line.hidden = false;
    this.#timer = setTimeout(() => this.hide(), SHOWN_MS);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#line.hidden = true;
  }
}
