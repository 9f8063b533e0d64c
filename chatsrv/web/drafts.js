// What was begun and not yet sent, by room and by thread.

export class Drafts {
  #keep;
  #start;

  constructor(keep, personId) {
    this.#keep = keep;
    this.#start = `draft.${personId}.`;
  }

  /** {text, parentId} of a place, null when nothing was begun there. */
  get(place) {
    return this.#keep.get(this.#start + place);
  }

  textOf(place) {
    return this.get(place)?.text ?? "";
  }

  set(place, text, parentId = 0) {
    if (text.trim() === "" && !parentId) this.#keep.remove(this.#start + place);
    else this.#keep.set(this.#start + place, { text, parentId });
  }

  clear() {
    this.#keep.removeAll(this.#start);
  }
}
