// What outlives the page: a typed corner of localStorage, under one prefix.

const PREFIX = "chatsrv.";

/** JSON values by name. A full or forbidden storage is no reason to fail: the value is then kept for this page only. */
export class Keep {
  #storage;
  #memory = new Map();

  constructor(storage) {
    this.#storage = storage;
  }

  get(name) {
    const text = this.#read(PREFIX + name) ?? this.#memory.get(name);
    if (text === undefined) return null;
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  set(name, value) {
    const text = JSON.stringify(value);
    try {
      this.#storage.setItem(PREFIX + name, text);
      this.#memory.delete(name);
    } catch {
      this.#memory.set(name, text);
    }
  }

  remove(name) {
    this.#memory.delete(name);
    this.#storage.removeItem(PREFIX + name);
  }

  /** The names that start so. */
  names(start) {
    const kept = Object.keys(this.#storage).map((key) => (key.startsWith(PREFIX) ? key.slice(PREFIX.length) : ""));
    return [...new Set([...kept, ...this.#memory.keys()])].filter((name) => name.startsWith(start));
  }

  /** Forget every value whose name starts so. */
  removeAll(start) {
    for (const name of this.names(start)) this.remove(name);
  }

  #read(key) {
    return this.#storage.getItem(key) ?? undefined;
  }
}

/** Whether a browser's storage event speaks of this name. */
export const isAbout = (event, name) => event.key === PREFIX + name || event.key === null;

/** Whether it speaks of any name that starts so. */
export const isAboutAny = (event, start) => event.key === null || event.key.startsWith(PREFIX + start);
