// Tells screen readers each complete message once; the transcript itself stays silent.

import { build } from "./element.js";

const KEPT_FOR = 8000; // ms; later a reader would meet every message twice

export class Announcer {
  #region;

  /** `region` is a visually hidden element with `aria-live="polite"`. */
  constructor(region) {
    this.#region = region;
  }

  announce(words) {
    const line = build("p", {}, words);
    this.#region.append(line);
    setTimeout(() => line.remove(), KEPT_FOR);
  }

  clear() {
    this.#region.replaceChildren();
  }
}
