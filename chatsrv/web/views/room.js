// An open chat or conversation.

import { h, iconButton } from "../dom.js";
import { presenceText } from "../format.js";
import { isLive, shownMessages } from "../room.js";
import { formatRoute } from "../routes.js";
import { texts } from "../texts.js";
import { roomAvatar } from "./avatar.js";
import { composerView } from "./composer.js";
import { logView } from "./log.js";
import { takeDropped } from "./pile.js";
import { actOn } from "./talk.js";

export function roomView(app, stream) {
  const { store, actions, history } = app;
  const room = () => store.room(stream);
  const asked = new Set();
  let newAfter = room().unread > 0 ? room().readId : null;

  const picture = h("span", {});
  const title = h("h2", { dir: "auto" });
  const subtitle = h("p", { class: "subtitle" });
  const mute = iconButton("bell", texts.mute, () => app.attempt(() => actions.mute(room(), !room().muted)));
  const typing = h("p", { class: "typing-line", "aria-live": "polite" });
  const composer = composerView(app, {
    place: stream,
    room,
    label: texts.write(room().title),
    onUp: editLast,
    onSent: () => {
      newAfter = null;
      toBottom();
    },
  });
  const act = actOn(app, stream, { composer: () => composer, jump });
  const log = logView({
    store,
    room,
    act,
    signed: app.signed,
    label: texts.messagesOf(room().title),
    source,
    onBottom: markRead,
    more: {
      above: () => !room().complete,
      below: () => !isLive(room()),
      loadAbove: () => app.attempt(() => history.loadOlder(stream)),
      loadBelow: () => app.attempt(() => history.loadNewer(stream)),
      narrow: (range) => store.narrow(stream, range),
      toBottom,
    },
  });
  const node = h("section", { class: "room", "aria-label": room().title }, header(), log.node, typing, composer.node);

  takeDropped(node, composer.take);

  function header() {
    const details = room().kind === "chat" ? { panel: "members" } : { panel: "person", panelId: room().peer.nickname };
    return h(
      "header",
      { class: "bar" },
      h(
        "a",
        { class: "icon-button back", href: "#/", "aria-label": texts.back },
        iconButton("back", texts.back).firstChild,
      ),
      h(
        "a",
        { class: "room-head", href: formatRoute({ stream, ...details }) },
        picture,
        h("span", { class: "room-head-text" }, title, subtitle),
      ),
      room().kind === "chat" && mute,
      iconButton(
        room().kind === "chat" ? "people" : "person",
        room().kind === "chat" ? texts.members : texts.profile,
        () => app.toggle(details),
      ),
    );
  }

  function source() {
    const messages = shownMessages(room());
    askForQuoted(messages);
    return { messages, waiting: isLive(room()) ? app.outbox.of(stream) : [], newAfter, now: Date.now() };
  }

  /** A quoted message may stand outside of what is loaded; one that can not be read is asked for once. */
  function askForQuoted(messages) {
    for (const { parent_id: id } of messages) {
      if (!id || asked.has(id) || room().messages.has(id)) continue;
      asked.add(id);
      history.loadMessage(stream, id).then(
        () => asked.delete(id),
        () => {},
      );
    }
  }

  async function jump(id) {
    await history.reach(stream, id);
    if (!room()) return;
    log.update();
    log.show(id);
  }

  async function toBottom() {
    await app.attempt(() => history.toNewest(stream));
    if (!room()) return;
    log.update();
    log.stickToBottom();
  }

  function close() {
    log.close();
    history.close(stream);
  }

  function editLast() {
    const last = log.lines().findLast((line) => line.id && line.mine && !line.deleted);
    if (last) composer.edit(last.id);
  }

  function markRead() {
    if (room()?.loaded && isLive(room()) && log.isAtBottom() && app.isAttended()) actions.read(stream);
  }

  function update() {
    const { unread, readId, muted } = room();
    if (unread > 0 && newAfter === null && !app.isAttended()) newAfter = readId;
    picture.replaceChildren(roomAvatar(room(), { online: onlineOf(room()), signed: app.signed }));
    title.textContent = room().title;
    composer.name(texts.write(room().title));
    subtitle.textContent = subtitleOf(store, room());
    mute.replaceChildren(iconButton(muted ? "muted" : "bell", "").firstChild);
    mute.title = muted ? texts.unmute : texts.mute;
    mute.setAttribute("aria-label", mute.title);
    const names = store.typists(room());
    typing.textContent = names.length > 0 ? texts.typing(names) : "";
    log.update();
    markRead();
  }

  const onlineOf = ({ peer }) => (peer ? store.isOnline(peer.nickname) : undefined);

  return { node, update, stream, jump, focus: () => composer.focus(), editLast, close };
}

function subtitleOf(store, room) {
  if (room.peer) {
    const presence = store.presence.get(room.peer.nickname);
    return presence ? presenceText(presence) : "";
  }
  if (!room.members) return room.usersCount ? texts.memberCount(room.usersCount) : "";
  const online = room.members.filter((member) => member.id === store.me.id || store.isOnline(member.nickname)).length;
  return `${texts.memberCount(room.members.length)}, ${texts.onlineCount(online)}`;
}
