// Which words forgive a wrong letter: chosen among the words of the phrases.

import { Area } from "./area.js";
import { announce, element, icon } from "./element.js";

const MOST = 80; // words offered at once

export class Typos extends Area {
  constructor(area, page) {
    super(area, page);
    this.list = element("ul", { class: "editor-words" });
    this.empty = element(
      "p",
      { class: "desk-muted" },
      "The words of your phrases appear here as soon as there are some of four letters or more.",
    );
    this.body.append(this.empty, this.list);
    this.words = {};
    this.onText(() => this.#draw());
    page.live.listen((result) => {
      if (Object.keys(result.words).length) this.words = result.words;
      this.say(result.problems.filter((mark) => mark.field === this.field));
      this.#draw();
    });
    this.#draw();
  }

  get chosen() {
    const lines = this.value.split("\n").map((line) => line.split(":"));
    const pairs = lines.map(([word, slips]) => [word.trim(), Number(slips ?? 1) || 1]);
    return new Map(pairs.filter(([word]) => word));
  }

  #draw() {
    const { chosen } = this;
    const offered = [...new Set([...Object.keys(this.words), ...chosen.keys()])];
    const shown = offered.filter((word, at) => at < MOST || chosen.has(word));
    const focused =
      this.list.contains(document.activeElement) && document.activeElement.dataset.word;
    this.list.replaceChildren(
      ...shown.map((word) => element("li", {}, this.#buildWord(word, chosen.get(word) ?? 0))),
    );
    this.empty.hidden = offered.length > 0;
    if (focused) this.list.querySelector(`[data-word="${CSS.escape(focused)}"]`)?.focus();
  }

  #buildWord(word, slips) {
    const forgives = slips
      ? `forgives ${slips} typo${slips > 1 ? "s" : ""}`
      : "must be spelt right";
    return element(
      "button",
      {
        type: "button",
        class: `editor-word${slips ? " editor-word-on" : ""}`,
        "aria-pressed": slips ? "true" : "false",
        "aria-label": `${word}: ${forgives}`,
        dataset: { word },
        onclick: () => this.#turn(word, slips),
      },
      slips ? icon("check") : null,
      word,
      slips
        ? element("span", { class: "editor-slips" }, `${slips} typo${slips > 1 ? "s" : ""}`)
        : null,
    );
  }

  /** Off, one, two where the word is long enough, off again. */
  #turn(word, slips) {
    const { chosen } = this;
    const next = slips < (this.words[word] ?? 0) ? slips + 1 : 0;
    if (next) chosen.set(word, next);
    else chosen.delete(word);
    announce(next ? `${word} forgives ${next}` : `${word} must be spelt right`);
    this.write(
      [...chosen].map(([each, many]) => (many > 1 ? `${each}: ${many}` : each)).join("\n"),
    );
    this.#draw();
  }
}
