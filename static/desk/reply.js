// The reply box: what is typed stays until the server has it, and is stored once.

import { Problem, post } from "./server.js";

/** Keeps text and token together: the same words again are the same reply, others are a new one. */
export class ReplyBox {
  #form;
  #text;
  #token;
  #button;
  #problem;
  #draftKey;
  #onSent;
  #tried = "";
  #isSending = false;
  #isAllowed = true;

  /**
   * @param {object} options
   * @param {HTMLFormElement} options.form
   * @param {string} options.conversation
   * @param {() => void} options.onSent
   * @param {(text: string) => void} options.onInput
   */
  constructor({ form, conversation, onSent, onInput }) {
    this.#form = form;
    this.#text = form.elements.namedItem("text");
    this.#token = form.elements.namedItem("token");
    this.#button = form.querySelector("button");
    this.#problem = form.querySelector("[data-problem]");
    this.#draftKey = `firstline-reply-${conversation}`;
    this.#onSent = onSent;
    form.addEventListener("submit", (event) => this.#submit(event));
    this.#text.addEventListener("keydown", (event) => this.#handleKey(event));
    this.#text.addEventListener("input", () => {
      this.#handleInput();
      onInput(this.#text.value);
    });
    this.#restore();
  }

  get isEmpty() {
    return this.#text.value.trim() === "";
  }

  focus() {
    if (!this.#form.hidden) this.#text.focus();
  }

  /** @param {boolean} isAllowed @param {string} reason why not */
  allow(isAllowed, reason) {
    this.#isAllowed = isAllowed;
    this.#form.hidden = !isAllowed && this.isEmpty;
    this.#problem.textContent = isAllowed ? "" : `${reason} Your text stays here.`;
    this.#showButton();
  }

  forget() {
    sessionStorage.removeItem(this.#draftKey);
  }

  #restore() {
    const draft = JSON.parse(sessionStorage.getItem(this.#draftKey) ?? "null");
    if (!draft || this.#text.value) return;
    this.#text.value = draft.text;
    this.#token.value = draft.token;
    this.#tried = draft.tried;
    if (!this.isEmpty) this.#form.hidden = false;
  }

  #keep() {
    const draft = { text: this.#text.value, token: this.#token.value, tried: this.#tried };
    sessionStorage.setItem(this.#draftKey, JSON.stringify(draft));
  }

  #handleInput() {
    if (this.#isAllowed) this.#problem.textContent = "";
    this.#keep();
  }

  #handleKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    if (!this.isEmpty && !this.#isSending && this.#isAllowed) this.#send();
  }

  async #send() {
    const text = this.#text.value;
    // Sent before without an answer, and written differently now: both may be wanted.
    if (this.#tried && this.#tried !== text) this.#token.value = buildToken();
    this.#tried = text;
    this.#keep();
    this.#setSending(true);
    try {
      const { token } = await post(this.#form.action, { text, token: this.#token.value });
      this.#clear(token, text);
      this.#onSent();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const kept = problem.status === 409 ? "" : " Your text stays here; send it again.";
      this.#problem.textContent = problem.explain("Not sent") + kept;
    } finally {
      this.#setSending(false);
    }
  }

  #clear(token, sent) {
    this.#token.value = token;
    this.#tried = "";
    // What was typed while it was on its way is the beginning of the next reply.
    const { value } = this.#text;
    this.#text.value = value.startsWith(sent) ? value.slice(sent.length) : value;
    this.#problem.textContent = "";
    if (this.isEmpty) this.forget();
    else this.#keep();
  }

  #setSending(isSending) {
    this.#isSending = isSending;
    this.#showButton();
  }

  #showButton() {
    this.#button.setAttribute("aria-disabled", String(this.#isSending || !this.#isAllowed));
  }
}

/** A random UUID, also where there is no HTTPS. */
function buildToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
