// What a person can do here: each action joins the server, the store and the outbox.

import { Sender } from "./sender.js";
import { makeNonce } from "./outbox.js";

const TYPING_EVERY = 2_500;
const TYPING_LASTS = 6_000;

export class Actions {
  #api;
  #live;
  #store;
  #outbox;
  #history;
  #sender;
  #typed = new Map();
  #typingEnds = new Map();
  #unsentReads = new Map();

  onRemoved = () => {};

  constructor({ api, live, store, outbox, history }) {
    this.#api = api;
    this.#history = history;
    this.#live = live;
    this.#store = store;
    this.#outbox = outbox;
    this.#sender = new Sender({ live, store, outbox });
  }

  // what the connection tells

  heard(name, event) {
    const { stream, data } = event;
    if (name === "message.new") this.#outbox.recognise(stream, data);
    if (stream.startsWith("user:")) this.#heardOfPlace(data);
    this.#store.apply(name, event);
    if (name === "typing") this.#endTypingLater(stream, data.nickname);
  }

  #heardOfPlace(place) {
    const isHere = this.#store.room(place.stream) !== undefined;
    if (place.joined && !isHere) this.#live.learn();
    if (place.joined === false && isHere) this.gone(place.stream);
  }

  /** The stream is ours no more. */
  gone(stream) {
    const room = this.#store.room(stream);
    this.#giveUp(stream);
    if (room) this.onRemoved(room);
  }

  #giveUp(stream) {
    for (const { nonce } of this.#outbox.of(stream)) this.#outbox.remove(nonce);
    this.#live.forget(stream);
    this.#store.drop(stream);
  }

  /** Read again what can not be caught up on. */
  async reset(streams) {
    for (const stream of streams) this.#store.empty(stream);
    const isAbout = (kind) => streams.some((stream) => stream.startsWith(kind) || stream.startsWith("user:"));
    if (isAbout("chat:")) await this.#readRooms("chat", this.#api.chats);
    if (isAbout("conversation:")) await this.#readRooms("conversation", this.#api.conversations);
  }

  /** Read all rooms of a kind; once more when one came or went meanwhile. */
  async #readRooms(kind, ask) {
    const store = this.#store;
    let before;
    const put = (list) => {
      if (store.turnover !== before) return false;
      store.putRooms(kind, list, true);
      return true;
    };
    do before = store.turnover;
    while (!(await store.asOf(ask, put)));
  }

  async loadRooms() {
    await this.reset(["user:"]);
    this.#store.setLoaded();
  }

  /** Send what waited for a connection. */
  sendWaiting() {
    this.#sender.flush();
    for (const [stream, id] of this.#unsentReads) this.#tellRead(stream, id);
  }

  /** See who is here, which no stream tells to those who were away. */
  async lookAround() {
    await this.#store.asOf(this.#api.conversations, (conversations) =>
      this.#store.putRooms(
        "conversation",
        conversations.map(({ id, user }) => ({ id, user })),
      ),
    );
  }

  // reading

  async openRoom(stream) {
    const room = this.#store.room(stream);
    const whoIsHere = room.kind === "chat" ? this.loadMembers(stream) : this.meet(room.peer.nickname);
    await Promise.all([this.#history.open(stream), whoIsHere]);
  }

  /** Read what a chat's details say beyond the list of rooms. */
  async loadChat(stream) {
    const { id } = this.#store.room(stream);
    const put = (chat) => this.#store.room(stream) && this.#store.putRoom("chat", chat);
    await this.#store.asOf(() => this.#api.chat(id), put);
  }

  async loadMembers(stream) {
    const room = this.#store.room(stream);
    await this.#store.asOf(
      () => this.#api.members(room.id),
      (members) => this.#store.putMembers(stream, members),
    );
  }

  /** Get to know a person; returns the details. */
  async meet(nickname) {
    return this.#store.asOf(
      () => this.#api.person(nickname),
      (person) => {
        this.#store.meet(person);
        this.#store.changed();
        return person;
      },
    );
  }

  async read(stream) {
    const room = this.#store.room(stream);
    const newest = room.last?.id ?? 0;
    if (newest <= room.readId) return;
    this.#store.markRead(stream, newest);
    await this.#tellRead(stream, newest);
  }

  async #tellRead(stream, id) {
    try {
      await this.#live.ask("read", { stream, id });
      this.#unsentReads.delete(stream);
    } catch (error) {
      if (error.isPassing) this.#unsentReads.set(stream, id);
    }
  }

  // talking

  send(stream, text, parentId = 0, attachments = []) {
    this.#outbox.add(stream, text, parentId, Date.now(), attachments);
    this.#typed.delete(stream);
    this.#store.changed();
    this.#sender.flush();
  }

  retry(nonce) {
    this.#outbox.retry(nonce);
    this.#store.changed();
    this.#sender.flush();
  }

  discard(nonce) {
    this.#outbox.remove(nonce);
    this.#store.changed();
  }

  async edit(stream, id, text) {
    this.#store.putMessage(stream, await this.#live.ask("message.edit", { id, text, nonce: makeNonce() }));
  }

  async remove(id) {
    await this.#live.ask("message.delete", { id });
  }

  async vote(stream, message) {
    const { votes, voted } = await this.#live.ask("message.vote", { id: message.id, nonce: makeNonce() });
    const now = this.#store.room(stream)?.messages.get(message.id);
    if (now) this.#store.putMessage(stream, { ...now, votes, voted });
  }

  /** Tell the others, now and then, that I am writing. */
  typing(stream) {
    const now = Date.now();
    if (!this.#live.isOnline || now - (this.#typed.get(stream) ?? 0) < TYPING_EVERY) return;
    this.#typed.set(stream, now);
    this.#live.ask("typing", { stream }).catch(() => {});
  }

  #endTypingLater(stream, nickname) {
    const key = `${stream} ${nickname}`;
    clearTimeout(this.#typingEnds.get(key));
    this.#typingEnds.set(
      key,
      setTimeout(() => this.#store.setTyping(stream, nickname, false), TYPING_LASTS),
    );
  }

  // people

  addContact = ({ id }) => this.#api.post(`/user/${id}/add`);
  removeContact = ({ id }) => this.#api.post(`/user/${id}/remove`);
  block = ({ id }) => this.#api.post(`/user/${id}/block`);
  unblock = ({ id }) => this.#api.post(`/user/${id}/unblock`);

  // rooms

  /** Found a chat; returns its stream. */
  async createChat(name, users) {
    const chat = await this.#api.createChat({ name, users });
    this.#store.putRoom("chat", chat);
    return `chat:${chat.id}`;
  }

  /** Write to a person for the first time; returns the conversation's stream. */
  async startConversation(nickname, text) {
    const message = await this.#api.writeTo(nickname, text);
    await this.#store.asOf(
      () => this.#api.conversation(message.conversation_id),
      (conversation) => this.#store.putRoom("conversation", conversation),
    );
    return `conversation:${message.conversation_id}`;
  }

  /** Give a chat another name and, where there is a file, a picture. */
  async rename(room, name, picture = null) {
    const avatar = picture ? { avatar: (await this.#api.upload(picture)).id } : {};
    this.#store.putRoom("chat", await this.#api.changeChat(room.id, "edit", { name, ...avatar }));
  }

  async invite(room, nickname) {
    await this.#api.invite(nickname, room.id);
    await this.loadMembers(room.stream);
  }

  async exclude(room, person) {
    await this.#api.changeChat(room.id, `exclude/${person.id}`);
    await this.loadMembers(room.stream);
  }

  async leave(room) {
    await this.#api.changeChat(room.id, "leave");
    this.#giveUp(room.stream);
  }

  async mute(room, muted) {
    await this.#api.changeChat(room.id, muted ? "mute" : "unmute");
    this.#store.putRoom(room.kind, { id: room.id, muted });
  }
}
