// What a list of messages shows, line by line. Pure: views only build what stands here.

import { dayKey, dayLabel, displayName, gist, snippet } from "./format.js";
import { replyCounts } from "./room.js";

const GROUP_WITHIN = 5 * 60_000;

/**
 * The lines of a list: days, the mark of what is new, messages, and those that wait in the outbox.
 * `newAfter` is the id after which messages are new, null for no mark; `quotes` says which parents deserve one.
 */
export function timeline(store, room, { messages, waiting, newAfter, now, quotes = () => true }) {
  const replies = replyCounts(room);
  const lines = [];
  let before = null;
  let isMarked = newAfter === null;
  for (const message of messages) {
    if (!before || dayKey(before.created) !== dayKey(message.created)) {
      lines.push({ kind: "day", key: `day${dayKey(message.created)}`, label: dayLabel(message.created, now) });
      before = null;
    }
    if (!isMarked && message.id > newAfter) {
      isMarked = true;
      before = null;
      if (!store.isMine(message)) lines.push({ kind: "new", key: "new" });
    }
    lines.push(
      line(store, room, message, { follows: isNear(before, message), replies: replies.get(message.id) ?? 0, quotes }),
    );
    before = message;
  }
  return [
    ...lines,
    ...waiting.map((item, index) =>
      waitingLine(store, room, item, { follows: index > 0 || (before !== null && store.isMine(before)), quotes }),
    ),
  ];
}

const isNear = (before, message) =>
  before !== null &&
  before.author_id === message.author_id &&
  new Date(message.created) - new Date(before.created) < GROUP_WITHIN;

function line(store, room, message, { follows, replies, quotes }) {
  const author = store.authorOf(message);
  const mine = store.isMine(message);
  return {
    kind: "message",
    key: `m${message.id}`,
    id: message.id,
    seq: message.seq,
    mine,
    author,
    follows,
    replies,
    name: displayName(author),
    showsName: room.kind === "chat" && !mine && !follows,
    text: message.text,
    attachments: message.attachments ?? [],
    created: message.created,
    edited: message.edited,
    deleted: message.deleted,
    votes: message.votes,
    voted: message.voted,
    quote: quoteOf(store, room, message.parent_id, quotes),
    receipt: mine && room.kind === "conversation" ? (message.id <= room.peerReadId ? "read" : "sent") : null,
  };
}

function waitingLine(store, room, item, { follows, quotes }) {
  return {
    kind: "message",
    key: `w${item.nonce}`,
    nonce: item.nonce,
    mine: true,
    author: store.me,
    follows,
    replies: 0,
    name: displayName(store.me),
    showsName: false,
    text: item.text,
    attachments: item.attachments ?? [],
    created: item.created,
    edited: false,
    deleted: false,
    votes: 0,
    voted: false,
    quote: quoteOf(store, room, item.parent_id, quotes),
    receipt: item.error ? "failed" : "sending",
    error: item.error,
  };
}

/** A quote whose message is not here has only its id. */
function quoteOf(store, room, id, quotes) {
  if (!id || !quotes(id)) return null;
  const parent = room.messages.get(id);
  if (!parent) return { id, name: "", text: null, deleted: false };
  return { id, name: displayName(store.authorOf(parent)), text: snippet(gist(parent)), deleted: parent.deleted };
}
