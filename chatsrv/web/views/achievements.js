// One's own achievements: submitting them, and what became of each.

import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, listing, thing } from "./listing.js";

const PATH = "/achievements";

export function achievementsView(app) {
  const made = achievementForm(async ({ proof, ...values }) => {
    await app.api.post(PATH, { ...values, proof: proof ? (await app.api.upload(proof)).id : "" });
    made.dispatchEvent(new Event("made"));
    await page.load();
  });
  const page = listing(app, {
    title: texts.places_.achievements,
    path: `${PATH}/page/1`,
    above: [folded(texts.newAchievement, made)],
    nothing: texts.noAchievements,
    item: (one) =>
      thing(one.title, [fact(texts.states[one.state](one)), fact(one.description, "thing-text"), proofLink(app, one)]),
  });
  // What is decided is told by a notification, and read again here.
  return { ...page, heard: () => page.load() };
}

/** A proof opens in a tab of its own, by an address that needs no token. */
export const proofLink = (app, { proof }) =>
  proof && act(texts.proofOf(proof.name), () => app.attempt(() => open(app, proof.id)), "link");

async function open(app, id) {
  const { signed_url: address } = await app.api.attachment(id);
  window.open(address, "_blank", "noopener");
}

const achievementForm = (onSubmit) =>
  form({
    label: texts.newAchievement,
    submit: texts.submit,
    fields: [
      { name: "title", label: texts.achievementTitle },
      { name: "description", label: texts.description, type: "textarea", optional: true },
      { name: "kind", label: texts.kind, type: "select", value: "olimpiad", options: Object.entries(texts.achievementKinds) },
      { name: "proof", label: texts.proof, type: "file", accept: "image/png,image/jpeg,application/pdf", optional: true },
    ],
    onSubmit,
  });
