// One's bots: programs with an account and a token of their own.

import { h } from "../dom.js";
import { displayName, fullTime } from "../format.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, listing, removeAfterAsking, thing } from "./listing.js";
import { confirm } from "./overlay.js";
import { secretOnce } from "./secret.js";

const PATH = "/bots";

export function botsView(app) {
  const secret = secretOnce();
  const made = botForm(async (values) => {
    secret.show((await app.api.post(PATH, values)).token);
    made.dispatchEvent(new Event("made"));
    await page.load();
  });
  const page = listing(app, {
    title: texts.places_.bots,
    path: PATH,
    above: [h("p", { class: "hint" }, texts.botsHint), folded(texts.newBot, made), secret.node],
    nothing: texts.noBots,
    item: (bot) =>
      thing(
        displayName(bot),
        [fact(`@${bot.nickname} · ${fullTime(bot.created)}`)],
        act(texts.newToken, () => renew(bot), "link"),
        act(texts.remove, () => remove(bot), "link danger"),
      ),
  });

  async function renew(bot) {
    if (!(await confirm(texts.newTokenQuestion(displayName(bot)), texts.newToken))) return;
    await app.attempt(async () => secret.show((await app.api.post(`${PATH}/${bot.id}/token`)).token));
  }

  async function remove(bot) {
    if (await removeAfterAsking(app, `${PATH}/${bot.id}`, displayName(bot))) await page.load();
  }

  return page;
}

const botForm = (onSubmit) =>
  form({
    label: texts.newBot,
    submit: texts.create,
    fields: [
      { name: "nickname", label: texts.nickname, type: "nickname" },
      { name: "name", label: texts.name, optional: true, omitEmpty: true },
    ],
    onSubmit,
  });
