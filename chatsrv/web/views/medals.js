// Medals: everybody's or one person's, and giving them.

import { displayName, fullTime } from "../format.js";
import { MODERATOR } from "../sections.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, listing, removeAfterAsking, thing } from "./listing.js";

const PATH = "/medals";

export function medalsView(app, nickname = null) {
  const mayGive = app.store.me.role >= MODERATOR;
  const holder = nickname && { name: "user", label: texts.toWhom, value: nickname, type: "nickname" };
  const made = medalForm(texts.giveMedal, {}, holder ?? { name: "user", label: texts.toWhom, type: "nickname" }, give);
  const page = listing(app, {
    title: nickname ? `${texts.places_.medals}: @${nickname}` : texts.places_.medals,
    path: nickname ? `/user/${encodeURIComponent(nickname)}${PATH}/page/1` : `${PATH}/page/1`,
    above: mayGive ? [folded(texts.giveMedal, made)] : [],
    nothing: texts.noMedals,
    item: (medal) =>
      thing(
        [medal.title || medal.type, displayName(medal.user)].join(" — "),
        [
          fact([medal.type, fullTime(medal.created)].join(" · ")),
          fact(medal.description, "thing-text"),
          mayGive && folded(texts.edit, medalForm(`${texts.edit}: ${medal.title}`, medal, null, (values) => change(medal, values))),
        ],
        ...(mayGive ? [act(texts.takeBack, () => takeBack(medal), "link danger")] : []),
      ),
  });

  async function give(values) {
    await app.api.post(PATH, values);
    made.dispatchEvent(new Event("made"));
    await page.load();
  }

  async function change({ id }, values) {
    await app.api.post(`${PATH}/${id}/edit`, values);
    await page.load();
  }

  async function takeBack({ id, title, type }) {
    if (await removeAfterAsking(app, `${PATH}/${id}`, title || type, texts.takeBack)) await page.load();
  }

  return page;
}

const medalForm = (label, { type = "", title = "", description = "" }, holder, onSubmit) =>
  form({
    label,
    submit: holder ? texts.give : texts.save,
    fields: [
      ...(holder ? [holder] : []),
      { name: "type", label: texts.medalType, value: type, hint: texts.medalTypeHint },
      { name: "title", label: texts.medalTitle, value: title, optional: true },
      { name: "description", label: texts.description, type: "textarea", value: description, optional: true },
    ],
    onSubmit,
  });
