// Small forms in a dialog: found, write, invite, rename, help.

import { h } from "../dom.js";
import { refuseField } from "../errors.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { openDialog } from "./overlay.js";

/** A dialog with one form; `onSubmit` may return an address to go to. */
function ask(app, title, submit, fields, onSubmit) {
  return openDialog(title, (close) =>
    form({
      fields,
      submit,
      label: title,
      onCancel: close,
      onSubmit: async (values) => {
        const stream = await onSubmit(values);
        close();
        if (stream) app.go({ stream });
      },
    }),
  );
}

/** The nicknames of a list that somebody typed. */
export const nicknames = (text) =>
  text
    .split(/[\s,;]+/)
    .map((word) => word.replace(/^@/, ""))
    .filter(Boolean);

function oneNickname(text) {
  const [nickname] = nicknames(text);
  if (!nickname) throw refuseField("nickname", texts.required);
  return nickname;
}

export const newChat = (app) =>
  ask(
    app,
    texts.newChat,
    texts.create,
    [
      { name: "name", label: texts.chatName },
      { name: "users", label: texts.invitees, type: "nickname", hint: texts.inviteesHint, optional: true },
    ],
    ({ name, users }) => app.actions.createChat(name, nicknames(users)),
  );

export const newConversation = (app, nickname = "") =>
  ask(
    app,
    texts.newConversation,
    texts.send,
    [
      { name: "nickname", label: texts.nickname, type: "nickname", value: nickname },
      { name: "text", label: texts.firstMessage, type: "textarea" },
    ],
    ({ nickname, text }) => app.actions.startConversation(oneNickname(nickname), text),
  );

export const invite = (app, room) =>
  ask(
    app,
    texts.invite,
    texts.invite,
    [{ name: "nickname", label: texts.nickname, type: "nickname" }],
    ({ nickname }) => app.actions.invite(room, oneNickname(nickname)),
  );

export const rename = (app, room) =>
  ask(
    app,
    texts.rename,
    texts.save,
    [
      { name: "name", label: texts.chatName, value: room.title },
      { name: "picture", label: texts.pictureFile, type: "file", accept: "image/*", optional: true },
    ],
    ({ name, picture }) => app.actions.rename(room, name, picture),
  );

export const shortcuts = () =>
  openDialog(texts.shortcuts, () =>
    h(
      "dl",
      { class: "keys" },
      texts.keys.map(([keys, meaning]) => h("div", {}, h("dt", {}, keys), h("dd", {}, meaning))),
    ),
  );
