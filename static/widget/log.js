// The conversation as the server numbered it: the only truth about what was said.

/** Passes events on once each and in order; holds back what comes after a gap. */
export class EventLog {
  #ahead = new Map();
  #lastSeq = 0;
  #onEvent;
  #onGap;

  /** `onEvent(event)` sees 1, 2, 3 …; `onGap(after)` must have the events after a number read. */
  constructor({ onEvent, onGap }) {
    this.#onEvent = onEvent;
    this.#onGap = onGap;
  }

  get lastSeq() {
    return this.#lastSeq;
  }

  add(event) {
    if (!Number.isInteger(event?.seq) || event.seq <= this.#lastSeq) return;
    const isNewGap = event.seq > this.#lastSeq + 1 && this.#ahead.size === 0;
    this.#ahead.set(event.seq, event);
    this.#passOn();
    if (isNewGap) this.#onGap(this.#lastSeq);
  }

  clear() {
    this.#ahead.clear();
    this.#lastSeq = 0;
  }

  #passOn() {
    for (let next = this.#findNext(); next; next = this.#findNext()) {
      this.#ahead.delete(next.seq);
      this.#lastSeq = next.seq;
      this.#onEvent(next);
    }
  }

  #findNext() {
    return this.#ahead.get(this.#lastSeq + 1);
  }
}
