// Everything this page knows, and what an event does to it. Pure: no DOM, no network, no clock.

import {
  byActivity,
  countAfter,
  emptyRoom,
  forgetUnseen,
  keepLatest,
  makeRoom,
  mergeMessage,
  mergeNewer,
  mergePage,
  mergeThread,
  moveWindow,
  narrow,
  relabel,
  setPeer,
  updateRoom,
} from "./room.js";

const MOST_EARLY = 200;
const MOST_KEPT = 500;
const KEPT_OF_CLOSED = 50;

export class Store {
  me;
  rooms = new Map();
  people = new Map();
  presence = new Map();
  isLoaded = false;
  /** How often a room came or went: an older list of rooms is no longer true. */
  turnover = 0;
  #early = new Map();
  #unanswered = new Set();
  #listeners = new Set();

  constructor(me) {
    this.me = me;
    this.meet(me);
  }

  /** Call `listener` after each change; returns how to stop. */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed() {
    for (const listener of this.#listeners) listener();
  }

  // reading

  room(stream) {
    return this.rooms.get(stream);
  }

  roomsByActivity() {
    return [...this.rooms.values()].sort(byActivity);
  }

  unreadRooms() {
    return [...this.rooms.values()].filter((room) => room.unread > 0 && !room.muted).length;
  }

  /** What to call the author of a message: the name, where the person is known. */
  authorOf(message) {
    const known = this.people.get(message.author_id);
    return known ?? { id: message.author_id, nickname: message.author, name: "", avatar: "" };
  }

  nameOf(nickname) {
    const person = [...this.people.values()].find((known) => known.nickname === nickname);
    return person?.name || nickname;
  }

  /** The names of those who are writing in the room now. */
  typists(room) {
    return [...room.typing.keys()].map((nickname) => this.nameOf(nickname));
  }

  isMine(message) {
    return message.author_id === this.me.id;
  }

  isOnline(nickname) {
    return this.presence.get(nickname)?.online ?? false;
  }

  // taking in what REST answered

  /**
   * Wait for the answer of `ask()` and return what `put(answer)` does. What was pushed meanwhile may be newer than the answer: it is
   * applied once more.
   */
  async asOf(ask, put) {
    const heard = [];
    this.#unanswered.add(heard);
    const answer = await ask().finally(() => this.#unanswered.delete(heard));
    const result = put(answer);
    for (const [name, event] of heard) this.apply(name, event);
    return result;
  }

  setMe(me) {
    this.me = me;
    this.meet(me);
    this.changed();
  }

  meet(person) {
    if (person.id !== undefined) this.people.set(person.id, person);
    if (person.online !== undefined) this.#setPresence(person);
  }

  /** All rooms have been read once. */
  setLoaded() {
    this.isLoaded = true;
    this.changed();
  }

  /** Put the rooms of a list in; with `replace` those that it does not name are gone. */
  putRooms(kind, list, replace = false) {
    const named = new Set(list.map((facts) => `${kind}:${facts.id}`));
    for (const [stream, room] of this.rooms) {
      if (replace && room.kind === kind && !named.has(stream)) this.drop(stream);
    }
    for (const facts of list) this.putRoom(kind, facts);
    this.changed();
  }

  /** Without a connection nobody knows who is here. */
  forgetPresence() {
    this.presence.clear();
    this.changed();
  }

  putRoom(kind, facts) {
    const stream = `${kind}:${facts.id}`;
    const room = this.rooms.get(stream);
    if (room) updateRoom(room, facts);
    else this.#add(makeRoom(kind, facts));
    if (facts.user) this.meet(facts.user);
    for (const [name, event] of this.#early.get(stream) ?? []) this.apply(name, event);
    this.#early.delete(stream);
    this.changed();
  }

  putPage = (stream, page, isLast) => this.#change(stream, (room) => mergePage(room, page, isLast));
  putNewer = (stream, page) => this.#change(stream, (room) => mergeNewer(room, page));
  putWindow = (stream, page, isLast) => this.#change(stream, (room) => moveWindow(room, page, isLast));
  putThread = (stream, rootId, page) => this.#change(stream, (room) => mergeThread(room, rootId, page));

  #change(stream, change) {
    const room = this.rooms.get(stream);
    if (room) change(room);
    this.changed();
  }

  /** Let go of what is far from what one reads: {first, last}, by `seq`. */
  narrow(stream, range) {
    narrow(this.rooms.get(stream), range);
  }

  /** Nobody looks at the room any more. */
  close(stream) {
    const room = this.rooms.get(stream);
    if (!room) return;
    Object.assign(room, { isOpen: false, thread: null });
    keepLatest(room, KEPT_OF_CLOSED);
  }

  putMembers(stream, members) {
    const room = this.rooms.get(stream);
    for (const person of members) this.meet(person);
    if (room) Object.assign(room, { members, usersCount: members.length });
    this.changed();
  }

  putMessage = (stream, message) => this.#change(stream, (room) => this.#message(room, message));
  empty = (stream) => this.#change(stream, emptyRoom);

  #add(room) {
    this.rooms.set(room.stream, room);
    this.turnover += 1;
  }

  drop(stream) {
    if (this.rooms.delete(stream)) this.turnover += 1;
    this.changed();
  }

  markRead(stream, id) {
    const room = this.rooms.get(stream);
    Object.assign(room, { readId: id, unread: 0 });
    this.changed();
  }

  setTyping(stream, nickname, isTyping) {
    const room = this.rooms.get(stream);
    if (isTyping) room?.typing.set(nickname, true);
    else room?.typing.delete(nickname);
    this.changed();
  }

  // taking in what was pushed

  /** Apply one server event: every one is an upsert of a whole state. */
  apply(name, { stream, data }) {
    const room = this.rooms.get(stream);
    if (name !== "typing") for (const heard of this.#unanswered) heard.push([name, { stream, data }]);
    if (stream.startsWith("user:")) this.#place(data);
    else if (name === "presence") this.#setPresence(data);
    else if (!room) this.#keepEarly(stream, name, { stream, data });
    else if (name.startsWith("message.")) this.#message(room, votedByMe(data, this.me));
    else this.#about(room, name, data);
    this.changed();
  }

  /** What is pushed while its room is still being read over REST waits for it. */
  #keepEarly(stream, name, event) {
    const events = this.#early.get(stream) ?? [];
    this.#early.set(stream, [...events, [name, event]].slice(-MOST_EARLY));
  }

  #about(room, name, data) {
    if (name === "chat.updated") this.#updated(room, data);
    // Who came and went again while we were away was never counted here.
    if (name === "chat.joined" && data.joined !== false) this.#moved(room, data.user, true);
    if (name === "chat.left") this.#moved(room, data.user, false);
    if (name === "read" && data.nickname !== this.me.nickname) room.peerReadId = Math.max(room.peerReadId, data.id);
    if (name === "typing" && data.nickname !== this.me.nickname) room.typing.set(data.nickname, true);
  }

  #message(room, message) {
    const isNew = message.id > (room.last?.id ?? 0);
    const merged = mergeMessage(room, message);
    room.typing.delete(message.author);
    if (room.messages.size > MOST_KEPT && !room.reading) this.#tidy(room);
    if (!isNew) return;
    room.last = merged;
    if (!this.isMine(message)) room.unread += 1;
  }

  #tidy(room) {
    if (room.isOpen) forgetUnseen(room);
    else keepLatest(room, KEPT_OF_CLOSED);
  }

  #place(place) {
    const room = this.rooms.get(place.stream);
    if (!room && place.joined) this.turnover += 1;
    if (!room) return;
    if (place.joined === false) this.drop(place.stream);
    room.muted = place.muted ?? room.muted;
    room.readId = place.read_id ?? room.readId;
    if (room.last && room.readId >= room.last.id) room.unread = 0;
    else room.unread = place.unread ?? countAfter(room, room.readId, this.me) ?? room.unread;
  }

  #updated(room, data) {
    if (!data.user) return updateRoom(room, data);
    this.#renamed(data.user);
    if (room.peer?.id === data.user.id) setPeer(room, data.user);
    room.members =
      room.members?.map((member) => (member.id === data.user.id ? { ...member, ...data.user } : member)) ?? null;
    if (data.joined === false && room.members?.some((member) => member.id === data.user.id)) {
      this.#moved(room, data.user, false);
    }
  }

  /** A nickname is a reference: a new one replaces the old wherever it stands. */
  #renamed(person) {
    const before = this.people.get(person.id);
    this.meet({ ...before, ...person });
    if (person.id === this.me.id) this.me = { ...this.me, ...person };
    if (!before || before.nickname === person.nickname) return;
    for (const room of this.rooms.values()) relabel(room, before.nickname, person.nickname);
    this.presence.set(person.nickname, this.presence.get(before.nickname));
  }

  #moved(room, person, isIn) {
    this.meet(person);
    const others = room.members?.filter((member) => member.id !== person.id);
    if (others) room.members = isIn ? [...others, { inviter: "", canDelete: false, ...person }] : others;
    room.usersCount = room.members?.length ?? Math.max(0, room.usersCount + (isIn ? 1 : -1));
  }

  #setPresence({ nickname, online, last_seen: lastSeen }) {
    this.presence.set(nickname, { online, lastSeen: lastSeen ?? this.presence.get(nickname)?.lastSeen });
  }
}

/** A pushed message names one voter; whether I like it follows from that only when the voter is me, or when none is named. */
function votedByMe({ voter, voter_id: voterId, voted, ...message }, me) {
  if (message.deleted) return { ...message, voted: false };
  const isAboutMe = voterId === undefined || voterId === me.id;
  return isAboutMe && voted !== undefined ? { ...message, voted } : message;
}
