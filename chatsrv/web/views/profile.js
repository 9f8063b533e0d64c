// Oneself: name, words about oneself, password, theme, the way out.

import { h, icon } from "../dom.js";
import { texts } from "../texts.js";
import { nextTheme, themeOf } from "../theme.js";
import { personAvatar } from "./avatar.js";
import { shortcuts } from "./dialogs.js";
import { form } from "./form.js";
import { confirm, notify } from "./overlay.js";
import { panelFrame } from "./panel.js";

export function profileView(app) {
  const { store, api, keep } = app;
  const picture = h("div", { class: "profile-picture" });
  const theme = h("button", { type: "button", class: "wide", onclick: changeTheme }, icon("theme"), h("span", {}));
  const node = panelFrame(
    app,
    texts.profile,
    h(
      "div",
      { class: "scroll profile" },
      picture,
      detailsForm(),
      passwordForm(),
      h(
        "div",
        { class: "panel-actions" },
        h("button", { type: "button", class: "wide", onclick: applications }, icon("settings"), texts.applications),
        theme,
        h("button", { type: "button", class: "wide", onclick: shortcuts }, icon("keyboard"), texts.shortcuts),
        h("button", { type: "button", class: "wide danger", onclick: logOut }, icon("leave"), texts.logOut),
      ),
    ),
  );

  function detailsForm() {
    const { me } = store;
    return form({
      label: texts.profile,
      submit: texts.save,
      fields: [
        { name: "name", label: texts.name, value: me.name, optional: true, autocomplete: "name" },
        { name: "nickname", label: texts.nickname, value: me.nickname, type: "nickname" },
        { name: "avatar", label: texts.picture, value: me.avatar, optional: true, type: "nickname" },
        { name: "bio", label: texts.bio, value: me.bio, type: "textarea", optional: true },
      ],
      onSubmit: async (values) => {
        store.setMe(await api.editMe(values));
        notify(texts.saved);
      },
    });
  }

  function passwordForm() {
    const node = form({
      label: texts.newPassword,
      submit: texts.changePassword,
      fields: [
        { name: "old_password", label: texts.oldPassword, type: "password", autocomplete: "current-password" },
        {
          name: "password",
          label: texts.newPassword,
          type: "password",
          autocomplete: "new-password",
          hint: texts.passwordHint,
        },
      ],
      onSubmit: async (values) => {
        await api.editMe(values);
        node.reset();
        notify(texts.saved);
      },
    });
    return h("details", {}, h("summary", {}, texts.changePassword), node);
  }

  function applications() {
    app.go({ ...app.route, panel: "applications" });
  }

  function changeTheme() {
    nextTheme(keep);
    update();
  }

  async function logOut() {
    const waiting = app.outbox.all().length;
    if (waiting === 0 || (await confirm(texts.logOutQuestion(waiting), texts.logOut))) app.logOut();
  }

  function update() {
    theme.lastChild.textContent = texts.theme[themeOf(keep)];
    picture.replaceChildren(personAvatar(store.me, { size: "large" }));
  }

  return { node, update, focus: () => node.querySelector("h2").focus(), close() {} };
}
