// The lines that say who answers now, whether the line is up, and the way to a person.

import { build } from "./element.js";
import { WORDING } from "./wording.js";

const TROUBLE_AFTER = 3000; // ms; shorter breaks heal without a word

/** The conversation's state above the composer, the connection's below the header. */
export class StatusLine {
  #line;
  #trouble;
  #person;
  #onStartNew;
  #timer = 0;

  constructor({ line, trouble, person, onStartNew }) {
    this.#line = line;
    this.#trouble = trouble;
    this.#person = person;
    this.#onStartNew = onStartNew;
  }

  /** `status` is bot, queued, agent or closed; `agent` a name, when told. */
  showStatus(status, agent) {
    const words = { queued: WORDING.queued, agent: WORDING.agentHere(agent), closed: WORDING.closed };
    this.#line.replaceChildren(words[status] ?? "");
    if (status === "closed") {
      const start = build("button", { type: "button", onclick: this.#onStartNew }, WORDING.startNew);
      this.#line.append(" · ", start);
    }
    this.#line.dataset.status = status;
    this.#line.hidden = !words[status];
    this.#showPerson(status);
  }

  showConnection(state) {
    clearTimeout(this.#timer);
    const isFinal = state === "forbidden" || state === "unknownSite";
    if (isFinal) this.showTrouble(WORDING[state]);
    else if (!navigator.onLine) this.showTrouble(WORDING.offline);
    else if (state === "open" || state === "idle") this.showTrouble("");
    else this.#timer = setTimeout(() => this.showTrouble(WORDING.reconnecting), TROUBLE_AFTER);
  }

  showTrouble(words) {
    this.#trouble.textContent = words;
    this.#trouble.hidden = words === "";
  }

  #showPerson(status) {
    const words = { queued: WORDING.personAsked, agent: WORDING.personHere };
    this.#person.textContent = words[status] ?? WORDING.person;
    this.#person.disabled = status in words || status === "closed";
  }
}
