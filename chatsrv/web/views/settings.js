// How the page looks and speaks to oneself, one's sessions, taking everything along, and the end of the account.

import { h, icon } from "../dom.js";
import { formatRoute } from "../routes.js";
import { chooseLanguage, chosenLanguage, texts } from "../texts.js";
import { setTheme, themeOf } from "../theme.js";
import { farewell } from "./farewell.js";
import { shortcuts } from "./dialogs.js";
import { saveFile } from "./saving.js";
import { confirm, notify } from "./overlay.js";
import { panelFrame } from "./panel.js";

export function settingsView(app) {
  const { api, keep } = app;
  const node = panelFrame(
    app,
    texts.settings,
    h(
      "div",
      { class: "scroll settings" },
      section(
        texts.looks,
        choice(texts.themeLabel, texts.theme, themeOf(keep), (theme) => setTheme(keep, theme)),
        choice(texts.language, { "": texts.languageOfBrowser, ...texts.languages }, chosenLanguage(keep), speak),
        h("a", { class: "wide", href: notificationsPlace(app) }, icon("bell"), texts.notificationSettings),
        wide("keyboard", texts.shortcuts, shortcuts),
      ),
      section(
        texts.sessions,
        h("p", { class: "hint" }, texts.sessionsHint),
        wide("leave", texts.logOutOthers, logOutOthers),
      ),
      section(
        texts.ownData,
        h("p", { class: "hint" }, texts.exportHint),
        wide("save", texts.exportAll, (event) => exportAll(event.currentTarget)),
      ),
      section(
        texts.dangerous,
        h("p", { class: "hint" }, texts.deleteHint),
        wide("remove", texts.deleteAccount, () => farewell(app), "wide danger"),
      ),
    ),
  );

  /** Notifications are told in the same language, where one is chosen. */
  async function speak(language) {
    if (language) await app.attempt(() => api.editMe({ language }));
    chooseLanguage(keep, language);
    location.reload();
  }

  async function logOutOthers() {
    if (!(await confirm(texts.logOutOthersQuestion, texts.logOutOthers))) return;
    await app.attempt(async () => {
      await api.post("/user/logout/others");
      notify(texts.loggedOutOthers);
    });
  }

  async function exportAll(button) {
    button.disabled = true;
    notify(texts.exporting);
    await app.attempt(async () => saveFile(await api.download("/user/export"), "chatsrv.zip"));
    button.disabled = false;
  }

  return { node, update() {}, focus: () => node.querySelector("h2").focus(), close() {} };
}

const notificationsPlace = ({ route: { stream } }) => formatRoute({ stream, panel: "notifications", panelId: "settings" });

const section = (title, ...content) => h("section", { "aria-label": title }, h("h3", {}, title), content);

const wide = (iconName, label, onclick, kind = "wide") =>
  h("button", { type: "button", class: kind, onclick }, icon(iconName), label);

function choice(label, options, chosen, choose) {
  const made = Object.entries(options).map(([value, name]) => h("option", { value, selected: value === chosen }, name));
  const onchange = (event) => choose(event.target.value);
  return h("label", { class: "choice-row" }, h("span", {}, label), h("select", { class: "choice", onchange }, made));
}
