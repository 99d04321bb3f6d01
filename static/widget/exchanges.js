// Questions that wait for their one answer, and the pieces of answers on their way.

export class Exchanges {
  #waiting = new Set();
  #pieces = new Map(); // exchange -> texts by index

  get isWaiting() {
    return this.#waiting.size > 0;
  }

  /** Whether a waiting question has shown nothing yet. */
  get isSilent() {
    return [...this.#waiting].some((exchange) => this.findText(exchange) === "");
  }

  /** Follows the numbered log. */
  add({ kind, sender, exchange, status, discarded }) {
    discarded?.forEach((given) => this.#end(given));
    if (status === "closed") this.clear();
    if (kind !== "message" || !exchange) return;
    if (sender === "visitor") this.#waiting.add(exchange);
    else this.#end(exchange);
  }

  /** A piece of an answer; false when the answer is already there or will never come. */
  addDelta({ exchange, index, text }) {
    if (!this.#waiting.has(exchange)) return false;
    const pieces = this.#pieces.get(exchange) ?? [];
    pieces[index] = text;
    this.#pieces.set(exchange, pieces);
    return true;
  }

  /** The pieces from the first one on, as far as none is missing. */
  findText(exchange) {
    const pieces = this.#pieces.get(exchange) ?? [];
    const missing = pieces.findIndex((piece) => piece === undefined);
    return pieces.slice(0, missing === -1 ? pieces.length : missing).join("");
  }

  clear() {
    this.#waiting.clear();
    this.#pieces.clear();
  }

  #end(exchange) {
    this.#waiting.delete(exchange);
    this.#pieces.delete(exchange);
  }
}
