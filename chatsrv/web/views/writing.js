// The way to a conversation with somebody: the open one, or a first message.

import { newConversation } from "./dialogs.js";

export function writeTo(app, { id, nickname }) {
  const room = [...app.store.rooms.values()].find(({ peer }) => peer?.id === id);
  if (room) app.go({ stream: room.stream });
  else newConversation(app, nickname);
}
