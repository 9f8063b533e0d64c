// Who is in a chat, and what may be done with it.

import { h, icon, iconButton, syncChildren } from "../dom.js";
import { displayName } from "../format.js";
import { texts } from "../texts.js";
import { invite, rename } from "./dialogs.js";
import { confirm } from "./overlay.js";
import { panelFrame } from "./panel.js";
import { personRow } from "./person_row.js";

export function membersView(app, stream) {
  const { store, actions } = app;
  const room = () => store.room(stream);
  const list = h("ul", { class: "people" });
  const renameButton = wideButton("edit", texts.rename, () => rename(app, room()));
  const settingsButton = wideButton("settings", texts.chatSettings, () => app.go({ ...app.route, panel: "manage" }));
  const forgets = h("p", { class: "hint forgets" });
  const node = panelFrame(
    app,
    texts.members,
    h(
      "div",
      { class: "panel-actions" },
      wideButton("add", texts.invite, () => invite(app, room())),
      renameButton,
      settingsButton,
      wideButton("leave", texts.leave, leave),
    ),
    h("div", { class: "scroll" }, forgets, list),
  );

  async function leave() {
    if (!(await confirm(texts.leaveQuestion(room().title), texts.leave))) return;
    await app.attempt(() => actions.leave(room()));
    app.go({});
  }

  async function exclude(person) {
    if (await confirm(texts.excludeQuestion(displayName(person)), texts.exclude))
      await app.attempt(() => actions.exclude(room(), person));
  }

  function update() {
    const isOnline = (person) => person.id === store.me.id || store.isOnline(person.nickname);
    const members = [...(room().members ?? [])].sort(
      (one, other) => isOnline(other) - isOnline(one) || displayName(one).localeCompare(displayName(other)),
    );
    renameButton.hidden = settingsButton.hidden = room().admin !== store.me.nickname;
    forgets.textContent = room().retentionDays ? texts.forgetsAfter(room().retentionDays) : "";
    syncChildren(
      list,
      members.map((person) => memberItem(app, room(), person, { online: isOnline(person), exclude })),
    );
  }

  app.attempt(async () => {
    await actions.loadChat(stream);
    await actions.loadMembers(stream);
  });
  return { node, update, focus: () => node.querySelector("h2").focus(), close() {} };
}

const wideButton = (iconName, label, onclick) =>
  h("button", { type: "button", class: "wide", onclick }, icon(iconName), label);

function memberItem(app, room, person, { online, exclude }) {
  const isAdmin = room.admin === person.nickname;
  const note = isAdmin ? texts.admin : person.inviter ? texts.invitedBy(person.inviter) : "";
  const excludeButton =
    person.canDelete &&
    iconButton("remove", `${texts.exclude}: ${displayName(person)}`, () => exclude(person), { "data-action": "exclude" });
  const build = () => personRow(app, person, { online, note, actions: excludeButton || [] });
  return { key: String(person.id), version: JSON.stringify([person, online, note]), build };
}
