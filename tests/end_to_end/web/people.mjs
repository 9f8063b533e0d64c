// The people, the chat and the storage that the tests of the web client speak of.

export const ANNA = { id: 1, nickname: "anna", name: "Anna Karenina", avatar: "" };
export const BORIS = { id: 2, nickname: "boris", name: "", avatar: "" };
export const CHAT = {
  id: 5,
  name: "Yasnaya Polyana",
  admin: "boris",
  last_message: null,
  unread: 0,
  read_id: 0,
  muted: false,
};

export const message = (id, more = {}) => ({
  id: id * 10,
  seq: id,
  rev: id,
  author: "boris",
  author_id: 2,
  text: `text ${id}`,
  parent_id: 0,
  votes: 0,
  edited: false,
  deleted: false,
  created: new Date(2026, 10, 20, 12, id).toISOString(),
  ...more,
});
export const pushed = (data, seq = data.rev) => ({ stream: "chat:5", seq, data });

export class Storage {
  setItem(key, value) {
    this[key] = value;
  }
  getItem(key) {
    return this[key] ?? null;
  }
  removeItem(key) {
    delete this[key];
  }
}
