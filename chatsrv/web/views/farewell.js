// The end of an account: what it means, one's own nickname and password, and no way back.

import { h } from "../dom.js";
import { refuseField } from "../errors.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { openDialog } from "./overlay.js";

export const farewell = (app) =>
  openDialog(texts.deleteAccount, (close) => [
    h("p", {}, texts.farewell),
    h("ul", { class: "achieved" }, texts.farewellFacts.map((sentence) => h("li", {}, sentence))),
    form({
      label: texts.deleteAccount,
      submit: texts.deleteForever,
      danger: true,
      fields: [
        { name: "nickname", label: texts.typeNickname(app.store.me.nickname), type: "nickname" },
        { name: "password", label: texts.password, type: "password", autocomplete: "current-password" },
      ],
      onCancel: close,
      onSubmit: async ({ nickname, password }) => {
        if (nickname.trim() !== app.store.me.nickname) throw refuseField("nickname", texts.notYourNickname);
        await app.deleteAccount(password);
        close();
      },
    }),
  ]);
