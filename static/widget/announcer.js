// Tells screen readers each complete message once; the transcript itself stays silent.

import { build } from "./element.js";

const KEPT = 5;

export class Announcer {
  #region;

  /** `region` is a visually hidden element with `aria-live="polite"`. */
  constructor(region) {
    this.#region = region;
  }

  announce(words) {
    this.#region.append(build("p", {}, words));
    while (this.#region.children.length > KEPT) this.#region.firstElementChild.remove();
  }

  clear() {
    this.#region.replaceChildren();
  }
}
