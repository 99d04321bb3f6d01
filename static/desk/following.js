// Asks the server for news again and again, gently while it is away and while nobody looks.

const HIDDEN_MS = 15000;
const FIRST_BREAK_MS = 1000;
const LONGEST_BREAK_MS = 15000;
const PATIENCE_MS = 40000; // longer than the server holds any call

/** Never two calls at once: `now()` ends the one under way and asks anew. */
export class Following {
  #ask;
  #period;
  #trouble;
  #failures = 0;
  #isWanted = false;
  #controller = new AbortController();
  #wake = () => {};

  /**
   * @param {object} options
   * @param {(signal: AbortSignal) => Promise<void>} options.ask reads and shows what is new
   * @param {number} options.period ms between two calls while the page is visible
   * @param {HTMLElement} options.trouble says what is wrong while calls fail
   */
  constructor({ ask, period, trouble }) {
    this.#ask = ask;
    this.#period = period;
    this.#trouble = trouble;
    const askAnew = () => document.hidden || this.now();
    document.addEventListener("visibilitychange", askAnew);
    for (const name of ["online", "offline"]) window.addEventListener(name, askAnew);
  }

  async start() {
    for (;;) {
      await this.#askOnce();
      await this.#rest();
    }
  }

  now() {
    this.#isWanted = true;
    this.#controller.abort();
    this.#wake();
  }

  async #askOnce() {
    this.#isWanted = false;
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    const timer = setTimeout(() => this.#controller.abort("no answer in time"), PATIENCE_MS);
    try {
      await this.#ask(signal);
      this.#failures = 0;
      this.#trouble.hidden = true;
    } catch (error) {
      if (this.#isWanted) return;
      this.#failures += 1;
      this.#show(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #show(error) {
    if (error.status === 401) {
      const link = document.createElement("a");
      link.href = location.href;
      link.target = "_blank";
      link.textContent = "Sign in in a new tab";
      this.#trouble.replaceChildren("You are signed out. ", link, "; this page then goes on.");
    } else if (error.status === 403 || error.status === 404) {
      this.#trouble.textContent = error.explain("Not up to date");
    } else {
      console.warn("The desk could not be refreshed.", error);
      this.#trouble.textContent =
        "The connection is gone. What you see may be old; trying again…";
    }
    // One failure may be a blink: what stays is said.
    this.#trouble.hidden = this.#failures < 2 && !error.status;
  }

  #rest() {
    const backOff = FIRST_BREAK_MS * 2 ** (this.#failures - 1);
    const usual = document.hidden ? HIDDEN_MS : this.#period;
    const pause = this.#failures ? Math.min(backOff, LONGEST_BREAK_MS) : usual;
    if (this.#isWanted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pause);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
