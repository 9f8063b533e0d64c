// The door: log in, or create an account.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { form } from "./form.js";

const LOG_IN = [
  { name: "email", label: texts.emailOrNickname, type: "nickname", autocomplete: "username" },
  { name: "password", label: texts.password, type: "password", autocomplete: "current-password" },
];

const REGISTER = [
  { name: "nickname", label: texts.nickname, type: "nickname", hint: texts.nicknameHint, autocomplete: "username" },
  { name: "name", label: texts.name, optional: true, omitEmpty: true, autocomplete: "name" },
  { name: "email", label: texts.email, type: "email", autocomplete: "email" },
  { name: "password", label: texts.password, type: "password", hint: texts.passwordHint, autocomplete: "new-password" },
];

/** `onEntered(me)` is called after the one or the other. */
export function entryView(api, { isNew, onEntered }) {
  const [title, fields, ask] = isNew
    ? [texts.register, REGISTER, (values) => api.register(values)]
    : [texts.logIn, LOG_IN, (values) => api.logIn(values)];
  const node = h(
    "main",
    { class: "entry" },
    h(
      "div",
      { class: "entry-card" },
      h("img", { class: "entry-logo", src: "/web/icon.svg", alt: "" }),
      h("h1", {}, texts.product),
      h("p", { class: "tagline" }, texts.tagline),
      form({ fields, submit: title, label: title, onSubmit: async (values) => onEntered(await ask(values)) }),
      h(
        "p",
        { class: "entry-other" },
        h("a", { href: isNew ? "#/login" : "#/register" }, isNew ? texts.toLogIn : texts.toRegister),
      ),
    ),
  );
  queueMicrotask(() => node.querySelector("input")?.focus());
  return { node, update() {}, close() {} };
}
