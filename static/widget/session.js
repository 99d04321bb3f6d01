// Which conversation this browser holds: its id, token, last number read and whose it is.

const EMPTY = { conversation: null, token: null, lastSeq: 0, visitor: null };

/** Read from storage each time, because another tab may have started the conversation. */
export class Session {
  #storage;
  #identity = null;

  constructor(storage) {
    this.#storage = storage;
  }

  get #stored() {
    return { ...EMPTY, ...this.#storage.find("session") };
  }

  get conversation() {
    return this.#stored.conversation;
  }

  get token() {
    return this.#stored.token;
  }

  get lastSeq() {
    return this.#stored.lastSeq;
  }

  get identity() {
    return this.#identity;
  }

  recordWelcome({ conversation, token }) {
    const before = this.#stored;
    const lastSeq = before.conversation === conversation ? before.lastSeq : 0;
    const visitor = this.#identity?.id ?? before.visitor;
    this.#storage.record("session", { conversation, token, lastSeq, visitor });
  }

  recordRead(lastSeq) {
    const stored = this.#stored;
    if (lastSeq > stored.lastSeq) this.#storage.record("session", { ...stored, lastSeq });
  }

  /** Takes a signed identity or null; true when the stored conversation was somebody else's. */
  identify(identity) {
    this.#identity = identity ?? null;
    const { visitor } = this.#stored;
    const isForeign = visitor !== null && visitor !== (this.#identity?.id ?? null);
    if (isForeign) this.forget();
    return isForeign;
  }

  forget() {
    this.#storage.forget("session");
  }
}
