// What the school says: a word to somebody or everybody, and the banners that stand above every page.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, listing, removeAfterAsking, thing } from "./listing.js";
import { notify } from "./overlay.js";
import { switchRow } from "./switch.js";

const PATH = "/banners";
const TO = { everybody: () => "/notifications/everybody", moderators: () => "/notifications/moderators", person: toPerson };

export function bulletinsView(app) {
  const made = bannerForm(texts.newBanner, {}, async (values) => {
    await app.api.post(PATH, { ...values, active: true });
    made.dispatchEvent(new Event("made"));
    await page.load();
  });
  const word = wordForm(app);
  const page = listing(app, {
    title: texts.places_.bulletins,
    path: `${PATH}/page/1`,
    above: [folded(texts.sendWord, word), folded(texts.newBanner, made), h("h3", { class: "page-heading" }, texts.banners)],
    nothing: texts.noBanners,
    item: (banner) =>
      thing(
        banner.title,
        [
          fact(texts.bannerTypes[banner.type]),
          fact(banner.content, "thing-text"),
          switchRow(app, `${texts.isShown}: ${banner.title}`, banner.active, (active) => change(banner, { active })),
          folded(texts.edit, bannerForm(`${texts.edit}: ${banner.title}`, banner, (values) => change(banner, values))),
        ],
        act(texts.remove, () => remove(banner), "link danger"),
      ),
  });

  async function change({ id }, values) {
    await app.api.post(`${PATH}/${id}/edit`, values);
    await page.load();
  }

  async function remove({ id, title }) {
    if (await removeAfterAsking(app, `${PATH}/${id}`, title)) await page.load();
  }

  const heard = (name) => (name === "reset" || name.startsWith("banner.")) && page.load();
  return { ...page, heard };
}

const bannerForm = (label, { type = "info", title = "", content = "" }, onSubmit) =>
  form({
    label,
    submit: texts.save,
    fields: [
      { name: "title", label: texts.title, value: title },
      { name: "content", label: texts.words, type: "textarea", value: content, optional: true },
      { name: "type", label: texts.kind, type: "select", value: type, options: Object.entries(texts.bannerTypes) },
    ],
    onSubmit,
  });

function toPerson({ nickname }) {
  return `/user/${encodeURIComponent(nickname.trim() || "?")}/notify`;
}

function wordForm(app) {
  const made = form({
    label: texts.sendWord,
    submit: texts.send,
    fields: [
      { name: "to", label: texts.toWhom, type: "select", value: "everybody", options: Object.entries(texts.audiences) },
      { name: "nickname", label: texts.nickname, type: "nickname", hint: texts.onlyForPerson, optional: true },
      { name: "text", label: texts.words, type: "textarea" },
    ],
    onSubmit: async ({ to, text, ...whom }) => {
      await app.api.post(TO[to](whom), { text });
      made.dispatchEvent(new Event("made"));
      notify(texts.wordSent);
    },
  });
  return made;
}
