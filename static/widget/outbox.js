// Visitors' messages between the keyboard and the numbered log; survives a reload.

const START = "outbox:";

/**
 * Every message has one `client_id` for life, so sending it again stores nothing twice.
 * States: pending (not handed over), sent (handed over, unconfirmed), failed (refused).
 */
export class Outbox {
  #storage;
  #now;
  #makeId;
  #onChange;
  #entries;

  constructor({ storage, onChange, now = () => Date.now(), makeId = () => crypto.randomUUID() }) {
    this.#storage = storage;
    this.#now = now;
    this.#makeId = makeId;
    this.#onChange = onChange;
    this.#entries = new Map(this.#readStored().map((entry) => [entry.client_id, entry]));
  }

  get entries() {
    return [...this.#entries.values()];
  }

  get isEmpty() {
    return this.#entries.size === 0;
  }

  add(text) {
    const latest = this.entries.at(-1)?.at ?? 0; // two in one millisecond keep their order
    const entry = { client_id: this.#makeId(), text, state: "pending" };
    entry.at = Math.max(this.#now(), latest + 1);
    this.#record(entry);
    return entry.client_id;
  }

  /**
   * Hands the oldest over to `send(frame)`, the next only when the log has that one: calls that
   * overtake each other, or one that is told to try later, must not change the order.
   */
  flush(send) {
    if (this.entries.some(({ state }) => state === "sent")) return;
    const entry = this.entries.find(({ state }) => state === "pending");
    if (!entry) return;
    const { client_id, text } = entry;
    if (send({ type: "message", client_id, text })) this.#record({ ...entry, state: "sent" });
  }

  /** After a lost connection nothing unconfirmed counts as handed over. */
  reopen() {
    this.entries.filter(({ state }) => state === "sent").forEach((entry) => this.#reset(entry));
  }

  /** The log has it. */
  confirm(clientId) {
    if (!this.#entries.delete(clientId)) return;
    this.#storage.forget(START + clientId);
    this.#onChange();
  }

  fail(clientId, code) {
    const entry = this.#entries.get(clientId);
    if (entry) this.#record({ ...entry, state: "failed", code });
  }

  retry(clientId) {
    const entry = this.#entries.get(clientId);
    if (entry) this.#reset(entry);
  }

  /** The visitor does not want it sent any more. */
  discard(clientId) {
    this.confirm(clientId);
  }

  clear() {
    [...this.#entries.keys()].forEach((clientId) => this.confirm(clientId));
  }

  #reset({ client_id, text, at }) {
    this.#record({ client_id, text, state: "pending", at });
  }

  #record(entry) {
    this.#entries.set(entry.client_id, entry);
    this.#storage.record(START + entry.client_id, entry);
    this.#onChange();
  }

  #readStored() {
    const stored = this.#storage.names(START).map((name) => this.#storage.find(name));
    return stored
      .filter((entry) => typeof entry?.client_id === "string" && typeof entry.text === "string")
      .map((entry) => (entry.state === "sent" ? { ...entry, state: "pending" } : entry))
      .sort((one, other) => one.at - other.at);
  }
}
