// What a visitor's browser remembers for one site, or this page alone where storage is blocked.

function findStorage() {
  try {
    const probe = "firstline:probe";
    window.localStorage.setItem(probe, "1");
    window.localStorage.removeItem(probe);
    return window.localStorage;
  } catch {
    return null; // blocked or full: the conversation then lives as long as the page
  }
}

/** Keeps small JSON values under `firstline:SITE:NAME`. */
export class SiteStorage {
  #prefix;
  #backing;
  #memory = new Map();

  constructor(site, backing = findStorage()) {
    this.#prefix = `firstline:${site}:`;
    this.#backing = backing;
  }

  /** The stored value, or null when there is none or it is not JSON. */
  find(name) {
    const key = this.#prefix + name;
    const text = this.#memory.get(key) ?? this.#backing?.getItem(key) ?? null;
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  record(name, value) {
    const key = this.#prefix + name;
    const text = JSON.stringify(value);
    try {
      if (!this.#backing) throw new Error("no storage");
      this.#backing.setItem(key, text);
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, text);
    }
  }

  forget(name) {
    this.#memory.delete(this.#prefix + name);
    this.#backing?.removeItem(this.#prefix + name);
  }

  /** The names that begin with `start`. */
  names(start) {
    const keys = [...this.#memory.keys()];
    for (let index = 0; index < (this.#backing?.length ?? 0); index += 1) {
      keys.push(this.#backing.key(index));
    }
    const wanted = this.#prefix + start;
    const found = keys.filter((key) => key.startsWith(wanted));
    return [...new Set(found)].map((key) => key.slice(this.#prefix.length));
  }
}
