// What this person was told: the notifications, newest first, and how many are unread.

const LIST = "/notifications/page/1";

export class News {
  #api;
  #changed;
  #items = new Map();
  #oldest = Infinity;
  #reading = null;
  #counting = null;
  #isStale = false;
  isComplete = false;
  unread = 0;

  /** `changed()` is called after each change. */
  constructor(api, changed) {
    this.#api = api;
    this.#changed = changed;
  }

  get isLoaded() {
    return this.isComplete || this.#oldest < Infinity;
  }

  /** Those that were read from the server and what came since, newest first. */
  list() {
    return [...this.#items.values()].filter(({ id }) => id >= this.#oldest).sort((one, other) => other.id - one.id);
  }

  /** An event of the connection brings a notification's whole state. */
  heard({ data }) {
    this.#put(data);
    this.#changed();
    return this.count();
  }

  /** Read the next page down. */
  loadOlder() {
    this.#reading ??= this.#loadOlder().finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Forget the list, as when events were lost or the language changed, and read its beginning again. */
  async reload() {
    await this.#reading;
    this.#items.clear();
    Object.assign(this, { isComplete: false });
    this.#oldest = Infinity;
    await Promise.all([this.loadOlder(), this.count()]);
  }

  /** Ask how many are unread. What changes meanwhile is one more question, so that the last answer is of the last change. */
  count() {
    this.#isStale = true;
    this.#counting ??= this.#count().finally(() => (this.#counting = null));
    return this.#counting;
  }

  async markRead(id) {
    this.#put(await this.#api.post(`/notifications/${id}/read`));
    this.#changed();
    await this.count();
  }

  /** All devices, also this one, hear of each that was unread. */
  markAllRead = () => this.#api.post("/notifications/read");

  settings = () => this.#api.get("/notifications/settings");
  changeSettings = (values) => this.#api.post("/notifications/settings", values);

  async #loadOlder() {
    if (this.isComplete) return;
    const path = this.#oldest < Infinity ? `${LIST}?before=${this.#oldest}` : LIST;
    const { items, isLast } = await this.#api.page(path);
    for (const item of items) this.#put(item);
    this.isComplete = isLast;
    this.#oldest = isLast ? 0 : items.at(-1).id;
    this.#changed();
  }

  async #count() {
    while (this.#isStale) {
      this.#isStale = false;
      this.unread = (await this.#api.get("/notifications/unread")).unread;
      this.#changed();
    }
  }

  #put(item) {
    const old = this.#items.get(item.id);
    if (!old || item.rev >= old.rev) this.#items.set(item.id, item);
  }
}
