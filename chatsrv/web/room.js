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
    newest: Infinity,
    complete: false,
    loaded: false,
    reading: null,
    isOpen: false,
    thread: null,
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

// The window: the messages from `oldest` to `newest` are all here; above a live one nothing is missing.

/** Take in a page of history, newest first, that stands just before the window, or is the first one. */
export function mergePage(room, page, isLast) {
  mergeAll(room, page);
  if (page.length > 0) room.oldest = Math.min(room.oldest, page.at(-1).seq);
  if (isLast) Object.assign(room, { complete: true, oldest: 0 });
  room.loaded = true;
}

/** Take in what follows the window, newest first; nothing when the window is at the end. */
export function mergeNewer(room, page) {
  mergeAll(room, page);
  room.newest = endOf(room, page);
}

/** Let the window be this page alone. */
export function moveWindow(room, page, isLast) {
  Object.assign(room, { oldest: Infinity, complete: false });
  mergePage(room, page, isLast);
  room.newest = endOf(room, page);
  forgetUnseen(room);
}

/** Take in of a page, newest first, what belongs to the thread. */
export function mergeThread(room, rootId, page) {
  const isOfThread = ({ id, parent_id: parentId }) =>
    id === rootId || room.messages.has(id) || (room.messages.has(parentId) && rootOf(room, parentId) === rootId);
  for (const message of page.toReversed()) if (isOfThread(message)) mergeMessage(room, message);
}

function mergeAll(room, page) {
  for (const message of page) mergeMessage(room, message);
  const newest = page[0];
  if (newest && (!room.last || newest.id > room.last.id)) room.last = newest;
}

const endOf = (room, page) => (page.length === 0 || page[0].id >= room.last.id ? Infinity : page[0].seq);

/** Whether nothing was said after the window. */
export const isLive = (room) => room.newest === Infinity;

const isShown = (room, { seq }) => seq >= room.oldest && seq <= room.newest;

export const holds = (room, id) => room.messages.has(id) && isShown(room, room.messages.get(id));

/** Forget the history, as after a reset. */
export function emptyRoom(room) {
  room.messages.clear();
  Object.assign(room, { oldest: Infinity, newest: Infinity, complete: false, loaded: false, reading: null });
}

/** Let the window be no wider than from the one to the other message; they are told by their `seq`. */
export function narrow(room, { first, last }) {
  const newest = shownMessages(room).at(-1)?.seq;
  if (first > (shownMessages(room)[0]?.seq ?? Infinity)) Object.assign(room, { oldest: first, complete: false });
  if (last < newest) room.newest = last;
  forgetUnseen(room);
}

/** Keep little of a room that nobody looks at. */
export function keepLatest(room, count) {
  if (!isLive(room)) emptyRoom(room);
  else narrow(room, { first: shownMessages(room).at(-count)?.seq ?? 0, last: Infinity });
}

/** Let go of messages that are neither in the window, nor quoted in it, nor of the open thread. */
export function forgetUnseen(room) {
  const shown = shownMessages(room);
  const seen = new Set(shown.flatMap(({ id, parent_id: parentId }) => [id, parentId]));
  for (const { id } of threadOf(room, room.thread)) seen.add(id);
  for (const id of room.messages.keys()) if (!seen.has(id)) room.messages.delete(id);
}

const bySeq = (one, other) => one.seq - other.seq;

/** The messages of the window, oldest first; one that an event brought from outside is no part of it, as its neighbours are missing. */
export function shownMessages(room) {
  return [...room.messages.values()].filter((message) => isShown(room, message)).sort(bySeq);
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
  if (!room.messages.has(id) || !isLive(room)) return null;
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
