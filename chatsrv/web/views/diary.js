// The diary: a day, what it was like, what was achieved.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, listing, removeAfterAsking, thing } from "./listing.js";

const PATH = "/v0/diary/";
const MOODS = ["", "1", "2", "3", "4", "5"];

const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

export function diaryView(app) {
  const made = entryForm(async ({ mood, achieved, ...values }) => {
    await app.api.post(PATH, { ...values, mood: mood ? Number(mood) : null, achieved: lines(achieved) });
    made.dispatchEvent(new Event("made"));
    await page.load();
  });
  const page = listing(app, {
    title: texts.places_.diary,
    path: PATH,
    above: [folded(texts.newEntry, made)],
    nothing: texts.noEntries,
    item: (entry) =>
      thing(
        entry.day,
        [
          fact(entry.mood && `${texts.mood}: ${texts.moods[entry.mood - 1]}`),
          fact(entry.text, "thing-text"),
          entry.achieved.length > 0 && h("ul", { class: "achieved" }, entry.achieved.map((one) => h("li", {}, one))),
        ],
        act(texts.remove, () => remove(entry), "link"),
      ),
  });

  async function remove(entry) {
    if (await removeAfterAsking(app, `${PATH}${entry.id}`, entry.day)) await page.load();
  }

  return page;
}

const entryForm = (onSubmit) =>
  form({
    label: texts.newEntry,
    submit: texts.save,
    fields: [
      { name: "day", label: texts.day, type: "date", value: today() },
      { name: "text", label: texts.whatHappened, type: "textarea" },
      {
        name: "mood",
        label: texts.mood,
        type: "select",
        value: "",
        options: MOODS.map((mood) => [mood, mood ? texts.moods[mood - 1] : "—"]),
      },
      { name: "achieved", label: texts.achieved, type: "textarea", optional: true, hint: texts.oneALine },
    ],
    onSubmit,
  });
