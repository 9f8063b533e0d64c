// What a chat's admin decides: how long it remembers, and who is told of it elsewhere.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { notify } from "./overlay.js";
import { panelFrame } from "./panel.js";
import { webhooks } from "./webhooks.js";

const EVENTS = [
  ...["message.new", "message.edited", "message.deleted", "message.voted"],
  ...["chat.updated", "chat.joined", "chat.left", "goal.shared", "goal.progress", "goal.unshared"],
];

export function chatSettingsView(app, stream) {
  const { actions, api, store } = app;
  const room = store.room(stream);
  const content = h("div", { class: "scroll settings" });
  const node = panelFrame(app, texts.chatSettings, content);

  const retentionForm = () =>
    form({
      label: texts.retention,
      submit: texts.save,
      fields: [
        {
          name: "days",
          label: texts.retentionDays,
          type: "number",
          value: room.retentionDays ?? "",
          hint: texts.retentionHint,
          optional: true,
        },
      ],
      onSubmit: async ({ days }) => {
        store.putRoom("chat", await api.changeChat(room.id, "retention", { days: days === "" ? null : Number(days) }));
        notify(texts.saved);
      },
    });

  app.attempt(async () => {
    await actions.loadChat(stream);
    content.append(
      h("section", { "aria-label": texts.retention }, h("h3", {}, texts.retention), retentionForm()),
      h(
        "section",
        { "aria-label": texts.webhooks },
        h("h3", {}, texts.webhooks),
        h("p", { class: "hint" }, texts.webhooksHint),
        webhooks(app, `/chats/${room.id}/webhooks`, EVENTS),
      ),
    );
  });
  return { node, update() {}, focus: () => node.querySelector("h2").focus(), close() {} };
}
