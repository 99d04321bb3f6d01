// Buttons that write for the visitor: starters at first, then the latest answer's options.

import { build } from "./element.js";

export class Prompts {
  #group;
  #starters;
  #onPick;
  #options = [];
  #isEmpty = true;

  constructor({ group, starters, onPick }) {
    this.#group = group;
    this.#starters = starters;
    this.#onPick = onPick;
    this.#show();
  }

  /** Follows the numbered log: only the latest message's options hold. */
  add({ kind, status, options }) {
    if (kind === "message") this.#isEmpty = false;
    if (kind === "message") this.#options = options ?? [];
    if (status === "closed") this.#options = [];
    this.#show();
  }

  /** The visitor has just written: what was offered is no longer the question. */
  spend() {
    this.#isEmpty = false;
    this.#options = [];
    this.#show();
  }

  clear() {
    this.#isEmpty = true;
    this.#options = [];
    this.#show();
  }

  #show() {
    const texts = this.#isEmpty ? this.#starters : this.#options;
    const pick = (text) => () => this.#onPick(text);
    const buttons = texts.map((text) =>
      build("button", { type: "button", dir: "auto", onclick: pick(text) }, text),
    );
    this.#group.replaceChildren(...buttons);
    this.#group.hidden = texts.length === 0;
  }
}
