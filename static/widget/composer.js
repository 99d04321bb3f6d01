// Where the visitor writes: Enter sends, Shift+Enter breaks the line, 2,000 characters at most.

import { WORDING } from "./wording.js";

const LIMIT = 2000; // code points, as the server counts
const COUNT_FROM = 1800;

export class Composer {
  #form;
  #input;
  #button;
  #counter;
  #options;

  /** `onSend(text)`; `onInput()` at every change. */
  constructor({ form, onSend, onInput }) {
    this.#form = form;
    this.#input = form.querySelector("textarea");
    this.#button = form.querySelector("button");
    this.#counter = form.querySelector(".counter");
    this.#options = { onSend, onInput };
    form.addEventListener("submit", (event) => this.#submit(event));
    this.#input.addEventListener("keydown", (event) => this.#handleKey(event));
    this.#input.addEventListener("input", () => this.#handleInput());
    this.#show();
  }

  focus() {
    this.#input.focus();
  }

  setEnabled(isEnabled) {
    this.#input.disabled = !isEnabled;
    this.#show();
  }

  #handleKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #handleInput() {
    this.#show();
    this.#options.onInput();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    if (text === "" || this.#count() > LIMIT || this.#input.disabled) return;
    this.#input.value = "";
    this.#show();
    this.#options.onSend(text);
    this.#input.focus();
  }

  #count() {
    return [...this.#input.value.trim()].length;
  }

  #show() {
    const count = this.#count();
    const isTooLong = count > LIMIT;
    this.#counter.hidden = count < COUNT_FROM;
    this.#counter.textContent = isTooLong ? WORDING.tooLong(count - LIMIT) : WORDING.left(LIMIT - count);
    this.#input.setAttribute("aria-invalid", String(isTooLong));
    this.#button.setAttribute("aria-disabled", String(count === 0 || isTooLong || this.#input.disabled));
    this.#input.parentElement.dataset.value = this.#input.value; // sizes the box, see widget.css
  }
}
