// Asks the server, while somebody types, what the form comes to.

const PAUSE_MS = 250;

export class Live {
  /**
   * @param {HTMLFormElement} form
   * @param {string} url
   */
  constructor(form, url) {
    this.form = form;
    this.url = url;
    this.sample = "";
    this.result = null;
    this.listeners = [];
    this.timer = 0;
    this.isAsking = false;
    this.isNewer = false;
  }

  /** @param {(result: any) => void} listener called with every answer */
  listen(listener) {
    this.listeners.push(listener);
    if (this.result) listener(this.result);
  }

  ask() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  /** One question at a time: a large rulebook takes a moment, and only the newest text counts. */
  async #ask() {
    if (this.isAsking) {
      this.isNewer = true;
      return;
    }
    this.isAsking = true;
    const body = new FormData(this.form);
    body.set("_sample", this.sample);
    try {
      const answer = await fetch(this.url, { method: "POST", body });
      if (!answer.ok) throw new Error(`The check answered ${answer.status}.`);
      this.result = { ...(await answer.json()), sent: Object.fromEntries(body) };
      for (const listener of this.listeners) listener(this.result);
    } catch (error) {
      console.warn("The form could not be checked.", error);
    } finally {
      this.isAsking = false;
      if (this.isNewer) this.ask();
      this.isNewer = false;
    }
  }

  /** What was said about a field; that an empty one needs something is said when it is saved. */
  find(kind, field) {
    if (!this.form.elements[field]?.value.trim()) return [];
    return (this.result?.[kind] ?? []).filter((mark) => mark.field === field);
  }
}
