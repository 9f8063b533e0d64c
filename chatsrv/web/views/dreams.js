// Dreams, with their pictures; a dream may become a goal.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, listing, removeAfterAsking, thing } from "./listing.js";
import { notify } from "./overlay.js";

const PATH = "/v0/dreams/";

export function dreamsView(app) {
  const made = dreamForm(async ({ picture, ...values }) => {
    const attachments = picture ? [(await app.api.upload(picture)).id] : [];
    await app.api.post(PATH, { ...values, attachments });
    made.dispatchEvent(new Event("made"));
    await page.load();
  });
  const page = listing(app, {
    title: texts.places_.dreams,
    path: `${PATH}all`,
    above: [folded(texts.newDream, made)],
    nothing: texts.noDreams,
    item: (dream) =>
      thing(
        dream.name,
        [fact(dream.additional_data, "thing-text"), ...idsIn(dream.attachments).map((id) => picture(app, dream, id))],
        act(texts.makeGoal, () => becomeGoal(dream), "primary"),
        act(texts.remove, () => remove(dream), "link"),
      ),
  });

  async function becomeGoal(dream) {
    const goal = await app.attempt(() => app.api.post(`${PATH}${dream.id}/goal`));
    if (!goal) return;
    notify(texts.isGoal(goal.name));
    app.go({ ...app.route, panel: "goals" });
  }

  async function remove(dream) {
    if (await removeAfterAsking(app, `${PATH}${dream.id}`, dream.name)) await page.load();
  }

  return page;
}

const idsIn = (attachments) => attachments.split(",").filter((one) => /^[0-9a-f-]{36}$/.test(one));

function picture(app, dream, id) {
  const image = h("img", { class: "thing-picture", alt: texts.pictureOf(dream.name), hidden: true });
  app.attempt(async () => {
    const { signed_thumbnail: address } = await app.api.attachment(id);
    if (!address) return;
    image.src = address;
    image.hidden = false;
  });
  return image;
}

const dreamForm = (onSubmit) =>
  form({
    label: texts.newDream,
    submit: texts.save,
    fields: [
      { name: "name", label: texts.dreamName },
      { name: "additional_data", label: texts.thoughts, type: "textarea", optional: true },
      { name: "picture", label: texts.dreamPicture, type: "file", accept: "image/*", optional: true },
    ],
    onSubmit,
  });
