// How far each stream was heard. Pure: decides what a number means, asks nobody.

/** The last number of every stream, and which streams are being caught up on. */
export class Numbers {
  #last = new Map();
  #resuming = new Set();
  epoch = null;

  known() {
    return Object.fromEntries(this.#last);
  }

  has(stream) {
    return this.#last.has(stream);
  }

  /** From now until `finish`, numbers of these streams may jump and do not count. */
  begin(streams = this.#last.keys()) {
    for (const stream of streams) this.#resuming.add(stream);
  }

  /** The stream was heard up to `head`. */
  finish(stream, head) {
    this.#resuming.delete(stream);
    this.#last.set(stream, head);
  }

  forget(stream) {
    this.#resuming.delete(stream);
    this.#last.delete(stream);
  }

  /**
   * Take notice of a pushed number. Says "ok", "unknown" (of a stream that was never heard) or "hole" (something before
   * it is missing: the stream counts as being caught up on from here).
   */
  see(stream, seq) {
    if (this.#resuming.has(stream)) return "ok";
    const last = this.#last.get(stream);
    if (last === undefined) return "unknown";
    if (seq > last + 1) {
      this.#resuming.add(stream);
      return "hole";
    }
    if (seq === last + 1) this.#last.set(stream, seq);
    return "ok";
  }
}
