// What one may know of somebody, and the way to write to them.

import { h } from "../dom.js";
import { displayName, presenceText } from "../format.js";
import { texts } from "../texts.js";
import { personAvatar } from "./avatar.js";
import { newConversation } from "./dialogs.js";
import { panelFrame } from "./panel.js";

export function personView(app, nickname) {
  const { store, actions } = app;
  const content = h("div", { class: "scroll person-card" });
  const node = panelFrame(app, texts.profile, content);
  let person = null;

  function write() {
    const room = [...store.rooms.values()].find(({ peer }) => peer?.id === person.id);
    if (room) app.go({ stream: room.stream });
    else newConversation(app, nickname);
  }

  function update() {
    if (!person) return;
    const presence = store.presence.get(nickname);
    const lines = [
      personAvatar(person, { size: "large", signed: app.signed }),
      h("h3", { dir: "auto" }, displayName(person)),
      h("p", { class: "hint" }, `@${person.nickname}`),
      presence && h("p", { class: presence.online ? "state online" : "state" }, presenceText(presence)),
      h("p", { class: "bio", dir: "auto" }, person.bio ?? ""),
      person.id !== store.me.id &&
        h("button", { type: "button", class: "primary", onclick: write }, texts.writeMessage),
    ];
    content.replaceChildren(...lines.filter(Boolean));
  }

  app.attempt(async () => {
    person = await actions.meet(nickname);
    update();
  });
  return { node, update, focus: () => node.querySelector("h2").focus(), close() {} };
}
