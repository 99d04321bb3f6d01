// What is shown while an answer is on its way: nothing, then dots, then a word.

import { build } from "./element.js";
import { WORDING } from "./wording.js";

const DOTS_AFTER = 1000; // ms
const WORDS_AFTER = 4000; // ms
const TYPING_FOR = 5000; // ms; an agent who stops typing sends nothing

/** One list item for the bot's waiting and the agent's typing. */
export class Waiting {
  #item;
  #words;
  #botTimers = [];
  #agentTimer = 0;
  #botName;
  #onChange;

  constructor({ botName, onChange }) {
    this.#botName = botName;
    this.#onChange = onChange;
    this.#words = build("span", { class: "words" });
    const dots = build("span", { class: "dots", "aria-hidden": "true" }, build("i"), build("i"), build("i"));
    this.#item = build("li", { class: "waiting", hidden: true }, dots, this.#words);
  }

  get element() {
    return this.#item;
  }

  /** Starts the clock when a question waits in silence; stops it when none does. */
  showBot(isSilent) {
    if (isSilent === this.#botTimers.length > 0) return;
    this.#botTimers.forEach(clearTimeout);
    this.#botTimers = [];
    if (isSilent) {
      const typing = `${this.#botName} ${WORDING.typing}`;
      this.#botTimers = [
        setTimeout(() => this.#show(typing, false), DOTS_AFTER),
        setTimeout(() => this.#show(WORDING.working, true), WORDS_AFTER),
      ];
    } else this.#hide();
  }

  showAgent() {
    clearTimeout(this.#agentTimer);
    this.#show(`${WORDING.agent} ${WORDING.typing}`, false);
    this.#agentTimer = setTimeout(() => this.#hide(), TYPING_FOR);
  }

  hideAgent() {
    clearTimeout(this.#agentTimer);
    if (this.#botTimers.length === 0) this.#hide();
  }

  #show(words, isVisible) {
    this.#words.textContent = words;
    this.#words.classList.toggle("hidden-visually", !isVisible);
    this.#item.hidden = false;
    this.#onChange();
  }

  #hide() {
    this.#item.hidden = true;
    this.#words.textContent = "";
  }
}
