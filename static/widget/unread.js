// How many messages came while nobody looked.

export class Unread {
  #session;
  #onChange;
  #isOpen = false;
  #lastSeq = 0;
  #count = 0;

  constructor({ session, onChange }) {
    this.#session = session;
    this.#onChange = onChange;
  }

  /** Follows the numbered log. */
  add({ seq, kind, sender }) {
    this.#lastSeq = seq;
    if (this.#isOpen) this.#session.recordRead(seq);
    else if (kind === "message" && sender !== "visitor" && seq > this.#session.lastSeq) {
      this.#count += 1;
      this.#onChange(this.#count);
    }
  }

  setOpen(isOpen) {
    this.#isOpen = isOpen;
    if (!isOpen) return;
    this.#count = 0;
    this.#session.recordRead(this.#lastSeq);
  }

  clear() {
    this.#count = 0;
    this.#lastSeq = 0;
  }
}
