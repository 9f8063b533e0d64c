// How one wants to be told: in which language, of what, when not, and from which chats.

import { h, syncChildren } from "../dom.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { notify } from "./overlay.js";
import { panelFrame } from "./panel.js";
import { switchRow } from "./switch.js";
import { webhooks } from "./webhooks.js";

const NO_TIME = "00:00";

export function notificationSettingsView(app) {
  const { news } = app;
  const content = h("div", { class: "scroll settings" });
  const chats = chatSwitches(app);
  const node = panelFrame(app, texts.notificationSettings, content);

  async function change(values) {
    await news.changeSettings(values);
    if (values.language) await news.reload();
    notify(texts.saved);
  }

  app.attempt(async () => {
    const { language, kinds, quiet } = await news.settings();
    content.append(
      section(texts.ringing, ringingSwitch(app)),
      section(texts.tellMeOf, kindSwitches(app, kinds)),
      section(texts.soundOfChats, chats.node),
      section(texts.quietHours, quietForm(quiet, change)),
      section(texts.notificationLanguage, languageForm(language, change)),
      section(
        texts.webhooks,
        h("p", { class: "hint" }, texts.ownWebhooksHint),
        webhooks(app, "/notifications/webhooks", ["notification.new", "notification.read"]),
      ),
    );
  });
  return { node, update: chats.update, focus: () => node.querySelector("h2").focus(), close() {} };
}

const section = (title, ...content) => h("section", { "aria-label": title }, h("h3", {}, title), content);

const ringingSwitch = (app) =>
  app.ringing.isPossible
    ? switchRow(app, texts.ringingHere, app.ringing.isOn, (isWanted) => app.ringing.turn(isWanted))
    : h("p", { class: "hint" }, texts.ringingImpossible);

const kindSwitches = (app, kinds) =>
  Object.entries(kinds).map(([kind, isOn]) =>
    switchRow(app, texts.kinds[kind] ?? kind, isOn, (wanted) => app.news.changeSettings({ kinds: { [kind]: wanted } })),
  );

/** A switch for each chat; chats come and go while this is open. */
function chatSwitches(app) {
  const list = h("div");
  const none = h("p", { class: "hint" }, texts.noChats);

  function update() {
    const chats = app.store.roomsByActivity().filter(({ kind }) => kind === "chat");
    none.hidden = chats.length > 0;
    syncChildren(
      list,
      chats.map((room) => ({
        key: room.stream,
        version: JSON.stringify([room.title, room.muted]),
        build: () => switchRow(app, room.title, !room.muted, (isHeard) => app.actions.mute(room, !isHeard)),
      })),
    );
  }

  update();
  return { node: h("div", {}, none, list), update };
}

const quietForm = (quiet, change) =>
  form({
    label: texts.quietHours,
    submit: texts.save,
    fields: [
      { name: "from", label: texts.from, type: "time", value: quiet?.from ?? "" },
      { name: "to", label: texts.to, type: "time", value: quiet?.to ?? "", hint: texts.quietHoursHint },
    ],
    onSubmit: ({ from, to }) =>
      change({ quiet: { from: from || to || NO_TIME, to: to || from || NO_TIME, utc_offset: minutesBeforeUtc() } }),
  });

const minutesBeforeUtc = () => -new Date().getTimezoneOffset();

const languageForm = (language, change) =>
  form({
    label: texts.notificationLanguage,
    submit: texts.save,
    fields: [
      {
        name: "language",
        label: texts.notificationLanguage,
        type: "select",
        value: language,
        options: Object.entries(texts.languages),
      },
    ],
    onSubmit: change,
  });
