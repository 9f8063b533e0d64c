// One thread of a room: the message that began it, and every answer.

import { threadOf } from "../room.js";
import { texts } from "../texts.js";
import { composerView } from "./composer.js";
import { logView } from "./log.js";
import { panelFrame } from "./panel.js";
import { takeDropped } from "./pile.js";
import { actOn } from "./talk.js";

export function threadView(app, stream, rootId) {
  const { store, outbox, history } = app;
  const room = () => store.room(stream);
  const composer = composerView(app, {
    place: `${stream}.${rootId}`,
    room,
    label: texts.writeInThread,
    parentId: rootId,
    onSent: () => log.stickToBottom(),
  });
  const act = actOn(app, stream, { composer: () => composer, jump: (id) => log.show(id) });
  const log = logView({ store, room, act, signed: app.signed, label: texts.thread, source });
  const node = panelFrame(app, texts.thread, log.node, composer.node);
  takeDropped(node, composer.take);

  function source() {
    const messages = threadOf(room(), rootId);
    const ids = new Set(messages.map((message) => message.id));
    const waiting = outbox.of(stream).filter((item) => ids.has(item.parent_id));
    return { messages, waiting, newAfter: null, now: Date.now(), quotes: (id) => id !== rootId };
  }

  function close() {
    log.close();
    history.closeThread(stream);
  }

  app.attempt(() => history.openThread(stream, rootId));
  return { node, update: log.update, focus: composer.focus, close };
}
