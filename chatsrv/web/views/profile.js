// Oneself: name, address, words about oneself, password, the way out.

import { h, icon } from "../dom.js";
import { texts } from "../texts.js";
import { personAvatar } from "./avatar.js";
import { form } from "./form.js";
import { confirm, notify } from "./overlay.js";
import { panelFrame } from "./panel.js";

const PASSWORD = {
  name: "password",
  label: texts.newPassword,
  type: "password",
  autocomplete: "new-password",
  hint: texts.passwordHint,
};
const EMAIL = { name: "email", label: texts.email, type: "email", autocomplete: "email" };

export function profileView(app) {
  const { store, api } = app;
  const picture = h("div", { class: "profile-picture" });
  const node = panelFrame(
    app,
    texts.profile,
    h(
      "div",
      { class: "scroll profile" },
      picture,
      detailsForm(),
      guardedForm(texts.changePassword, PASSWORD),
      guardedForm(texts.changeEmail, EMAIL),
      h(
        "div",
        { class: "panel-actions" },
        h("button", { type: "button", class: "wide danger", onclick: logOut }, icon("leave"), texts.logOut),
      ),
    ),
  );

  function detailsForm() {
    const { me } = store;
    const node = form({
      label: texts.profile,
      submit: texts.save,
      fields: [
        { name: "name", label: texts.name, value: me.name, optional: true, autocomplete: "name" },
        { name: "nickname", label: texts.nickname, value: me.nickname, type: "nickname" },
        { name: "avatar", label: texts.picture, value: me.avatar, optional: true, type: "nickname" },
        { name: "file", label: texts.pictureFile, type: "file", accept: "image/*", optional: true },
        { name: "bio", label: texts.bio, value: me.bio, type: "textarea", optional: true },
      ],
      onSubmit: async ({ file, ...values }) => {
        const chosen = file ? { avatar: (await api.upload(file)).id } : {};
        store.setMe(await api.editMe({ ...values, ...chosen }));
        node.elements.avatar.value = store.me.avatar;
        node.elements.file.value = "";
        notify(texts.saved);
      },
    });
    return node;
  }

  /** What is changed only with the password. */
  function guardedForm(label, field) {
    const node = form({
      label,
      submit: label,
      fields: [
        { name: "old_password", label: texts.oldPassword, type: "password", autocomplete: "current-password" },
        field,
      ],
      onSubmit: async (values) => {
        store.setMe(await api.editMe(values));
        node.reset();
        notify(texts.saved);
      },
    });
    return h("details", {}, h("summary", {}, label), node);
  }

  async function logOut() {
    const waiting = app.outbox.all().length;
    if (waiting === 0 || (await confirm(texts.logOutQuestion(waiting), texts.logOut))) app.logOut();
  }

  function update() {
    picture.replaceChildren(personAvatar(store.me, { size: "large", signed: app.signed }));
  }

  return { node, update, focus: () => node.querySelector("h2").focus(), close() {} };
}
