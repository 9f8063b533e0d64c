// One chat or conversation as this page knows it. Pure: no DOM, no network.

/** A room from the REST object of a chat or a conversation. */
export function makeRoom(kind, facts) {
  const room = {
    stream: `${kind}:${facts.id}`,
    kind,
    id: facts.id,
    title: "",
    avatar: "",
    peer: null,
    admin: "",
    last: null,
    unread: 0,
    readId: 0,
    peerReadId: 0,
    muted: false,
    usersCount: 0,
    retentionDays: null,
    messages: new Map(),
    oldest: Infinity,
    complete: false,
    loaded: false,
    reading: null,
    members: null,
    typing: new Map(),
  };
  updateRoom(room, facts);
  return room;
}

const TAKEN_OVER = {
  last_message: "last",
  unread: "unread",
  read_id: "readId",
  peer_read_id: "peerReadId",
  muted: "muted",
  users_count: "usersCount",
  retention_days: "retentionDays",
  admin: "admin",
  avatar: "avatar",
  name: "title",
};

/** Take over what a REST object says of the room; what it leaves out stays. */
export function updateRoom(room, facts) {
  for (const [theirs, ours] of Object.entries(TAKEN_OVER)) {
    if (facts[theirs] !== undefined) room[ours] = facts[theirs];
  }
  if (facts.user) setPeer(room, facts.user);
}

export function setPeer(room, person) {
  room.peer = { ...room.peer, ...person };
  room.title = room.peer.name || room.peer.nickname;
  room.avatar = room.peer.avatar;
}

/** Keep the later of two states of a message; `voted` is known only to answers and to the voter. */
export function mergeMessage(room, message) {
  const old = room.messages.get(message.id);
  if (old && message.rev < old.rev) return old;
  const merged = { voted: false, ...old, ...message };
  room.messages.set(message.id, merged);
  if (room.last?.id === message.id) room.last = merged;
  return merged;
}

/** Take in a page of history, newest first; the window of messages that are shown then reaches down to its end. */
export function mergePage(room, page, isLast) {
  for (const message of page) mergeMessage(room, message);
  if (page.length > 0) room.oldest = Math.min(room.oldest, page.at(-1).seq);
  if (isLast) Object.assign(room, { complete: true, oldest: 0 });
  const newest = page[0];
  if (newest && (!room.last || newest.id > room.last.id)) room.last = newest;
  room.loaded = true;
}

/** Forget the history, as after a reset. */
export function emptyRoom(room) {
  room.messages.clear();
  Object.assign(room, { oldest: Infinity, complete: false, loaded: false, reading: null });
}

const bySeq = (one, other) => one.seq - other.seq;

/** The messages of the window, oldest first; an older one that an event brought is no part of it, as its neighbours are missing. */
export function shownMessages(room) {
  return [...room.messages.values()].filter((message) => message.seq >= room.oldest).sort(bySeq);
}

/** The id of the message that started the thread of this one, as far as it is loaded. */
export function rootOf(room, id) {
  let root = id;
  for (let parentId = root; room.messages.has(parentId); parentId = room.messages.get(root).parent_id) root = parentId;
  return root;
}

/** The root and everything that answers it, at any depth, oldest first. */
export function threadOf(room, rootId) {
  return [...room.messages.values()].filter((message) => rootOf(room, message.id) === rootId).sort(bySeq);
}

/** How many messages answer each message directly. */
export function replyCounts(room) {
  const counts = new Map();
  for (const { parent_id: parentId, deleted } of room.messages.values()) {
    if (parentId && !deleted) counts.set(parentId, (counts.get(parentId) ?? 0) + 1);
  }
  return counts;
}

/** How many messages of others stand after this one; null where that is not known, as it is not loaded. */
export function countAfter(room, id, me) {
  if (!room.messages.has(id)) return null;
  return shownMessages(room).filter((message) => message.id > id && message.author_id !== me.id).length;
}

/** Put a person's new nickname wherever the room names the old one. */
export function relabel(room, before, after) {
  if (room.admin === before) room.admin = after;
  if (room.last?.author === before) room.last = { ...room.last, author: after };
  for (const member of room.members ?? []) if (member.inviter === before) member.inviter = after;
}

/** Rooms with the latest activity first: ids are ordered by time. */
export const byActivity = (one, other) => (other.last?.id ?? other.id) - (one.last?.id ?? one.id);
