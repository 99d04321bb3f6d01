// Thumbs under an answer, and one optional line on what was missing.

import { build, buildIcon } from "./element.js";
import { WORDING } from "./wording.js";

/** The thumbs of every answer; the log's feedback events say what is pressed. */
export class Feedback {
  #send;
  #panels = new Map();

  /** `send({exchange, rating, comment})` returns whether it was handed over. */
  constructor({ send }) {
    this.#send = send;
  }

  buildPanel({ exchange, sender, kind }) {
    if (sender !== "bot" || kind !== "message" || !exchange) return null;
    const thumbs = ["up", "down"].map((rating) => this.#buildThumb(exchange, rating));
    const panel = build("div", { class: "feedback" }, ...thumbs);
    this.#panels.set(exchange, panel);
    return panel;
  }

  /** A stored rating, from this page or another one. */
  show({ exchange, rating }) {
    const panel = this.#panels.get(exchange);
    panel?.querySelectorAll("[data-rating]").forEach((thumb) => {
      thumb.setAttribute("aria-pressed", String(thumb.dataset.rating === rating));
    });
  }

  clear() {
    this.#panels.clear();
  }

  #buildThumb(exchange, rating) {
    const label = rating === "up" ? WORDING.helpful : WORDING.unhelpful;
    const press = () => this.#press(exchange, rating);
    const attributes = { type: "button", class: "thumb", "data-rating": rating, title: label };
    const state = { "aria-label": label, "aria-pressed": "false", onclick: press };
    return build("button", { ...attributes, ...state }, buildIcon(rating));
  }

  #press(exchange, rating) {
    if (!this.#send({ exchange, rating, comment: "" })) return;
    this.show({ exchange, rating });
    const panel = this.#panels.get(exchange);
    panel.querySelector(".comment, .thanks")?.remove();
    if (rating === "down") panel.append(this.#buildComment(exchange));
  }

  #buildComment(exchange) {
    const input = build("input", { type: "text", maxlength: "500", autocomplete: "off" });
    const send = build("button", { type: "submit" }, WORDING.commentSend);
    const submit = (event) => {
      event.preventDefault();
      this.#sendComment(exchange, form, input.value.trim());
    };
    const label = build("label", {}, WORDING.commentLabel, input);
    const form = build("form", { class: "comment", onsubmit: submit }, label, send);
    return form;
  }

  #sendComment(exchange, form, comment) {
    if (comment && !this.#send({ exchange, rating: "down", comment })) return;
    const thanks = build("p", { class: "thanks", role: "status", tabindex: "-1" }, WORDING.commentThanks);
    form.replaceWith(thanks);
    thanks.focus();
  }
}
