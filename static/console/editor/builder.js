// A field whose YAML is built from parts: what can be shown is, and the text always stays true.

import { Area } from "./area.js";
import { buildId, element, icon } from "./element.js";

const TYPING_MS = 700;

export class Builder extends Area {
  /** Apart from the constructor: what draws the parts is not there before it is done. */
  start() {
    this.#begin(JSON.parse(this.area.dataset.value ?? "null"));
    this.onText(() => (this.isByHand = true));
    this.body.addEventListener("keydown", (event) => this.#press(event), true);
    this.page.live.listen((result) => this.#answer(result));
    return this;
  }

  /** Where the text says nothing that can be shown, only the text is there. */
  #begin(data) {
    this.isTextOnly = (data === null && this.value.trim() !== "") || !this.canShow(data);
    if (this.isTextOnly) {
      this.text.open = true;
      this.body.replaceChildren(
        element(
          "p",
          { class: "editor-note" },
          icon("info"),
          "This text cannot be shown as a form yet: correct it below.",
        ),
      );
      return;
    }
    this.read(data);
    this.draw();
  }

  /** Writes what the parts say; `focus` is the key of the field to go to after drawing anew. */
  changed({ redraw = false, focus = "" } = {}) {
    this.isByHand = false;
    this.write(JSON.stringify(this.build()));
    if (redraw) this.#redraw(focus);
  }

  /** Whoever types the name of a choice keeps the menu that listens until the name is whole. */
  #redraw(focus) {
    clearTimeout(this.timer);
    this.pending = () => this.draw(focus);
    if (this.isTypingAhead) this.timer = setTimeout(() => this.#flush(), TYPING_MS);
    else this.#flush();
  }

  #flush() {
    clearTimeout(this.timer);
    const { pending } = this;
    this.pending = null;
    this.isTypingAhead = false;
    pending?.();
  }

  #press(event) {
    const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isLetter && event.target.matches("select")) this.isTypingAhead = true;
    else this.#flush();
  }

  draw(focus = "") {
    const before =
      focus || (this.body.contains(document.activeElement) && document.activeElement.dataset.key);
    this.body.replaceChildren(...this.render());
    if (before) this.body.querySelector(`[data-key="${CSS.escape(before)}"]`)?.focus();
    if (this.#isAnswered) this.mark();
    else this.say([]);
  }

  /** Whether the last answer is about what stands here now. */
  get #isAnswered() {
    const { result } = this.page.live;
    return (
      Boolean(result) &&
      [result.sent[this.field], result.texts[this.field]?.text].includes(this.value)
    );
  }

  #answer(result) {
    if (!this.#isAnswered) return;
    const { data, text } = result.texts[this.field] ?? {};
    if (this.isByHand && this.begun !== this.value) {
      this.begun = this.value;
      this.#begin(data ?? null); // what can be read of the text is shown above it
    } else if (!this.isByHand && isSame(this.value, data)) {
      this.area.value = text; // the same, as people write it
    }
    this.mark();
  }

  /** Puts each problem at the innermost part that has a place for it. */
  mark() {
    const marks = this.page.live.find("problems", this.field);
    const places = [...this.body.querySelectorAll("[data-place]")];
    for (const place of places) {
      place.querySelector(":scope > .editor-part-said")?.remove();
      place.classList.remove("editor-part-wrong");
      for (const control of place.querySelectorAll('[aria-invalid="true"]')) {
        control.removeAttribute("aria-invalid");
        control.removeAttribute("aria-describedby");
      }
    }
    const rest = marks.filter((mark) => {
      const fitting = places.filter((place) => isInside(mark.at, place.dataset.place));
      const place = fitting.sort(
        (one, other) => other.dataset.place.length - one.dataset.place.length,
      )[0];
      if (!place) return true;
      this.#say(place, mark.message);
      return false;
    });
    this.say(rest);
  }

  /** What is merely unfinished is no mistake, until somebody tried to save it. */
  #say(place, message) {
    if (place.querySelector(":scope > .editor-part-said")) return;
    const { hint } = place.dataset;
    const isHint = hint && !this.page.isRefused;
    const id = buildId("said");
    const look = isHint ? "editor-part-said editor-part-hint" : "editor-part-said";
    place.append(
      element("p", { class: look, id }, icon(isHint ? "info" : "error"), hint ?? message),
    );
    if (isHint) return;
    place.classList.add("editor-part-wrong");
    const control =
      [...place.querySelectorAll("input, select, textarea")].find((each) => !each.value) ??
      place.querySelector("select, input, textarea");
    control?.setAttribute("aria-invalid", "true");
    control?.setAttribute("aria-describedby", id);
  }

  /** Whether plain data is of the shape that this builder begins with; nothing is. */
  canShow(data) {
    return data === null || data === undefined || this.isShape(data);
  }
}

function isInside(at, place) {
  return at === place || (at.startsWith(place) && /^[.[]/.test(at.slice(place.length)));
}

/** Whether a text of the builder's own still says this. */
function isSame(text, data) {
  return text.trim() !== "" && text === JSON.stringify(data);
}
