// Goals: their tasks are ticked, their progress follows.

import { h } from "../dom.js";
import { fullTime } from "../format.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, listing, removeAfterAsking, thing } from "./listing.js";
import { switchRow } from "./switch.js";

const PATH = "/v0/goals/";
const TASK = "/v0/task/";

const seconds = (local) => (local ? Math.floor(new Date(local).getTime() / 1000) : null);
const dueText = (due) => due && `${texts.due}: ${fullTime(new Date(due * 1000).toISOString())}`;

export function goalsView(app) {
  const made = goalForm(async ({ name, due }) => {
    await app.api.post(PATH, { name, due_date: seconds(due) });
    made.dispatchEvent(new Event("made"));
    await page.load();
  });
  const page = listing(app, {
    title: texts.places_.goals,
    path: PATH,
    above: [folded(texts.newGoal, made)],
    nothing: texts.noGoals,
    item: (goal) => goalItem(goal),
  });

  const goalItem = (goal) =>
    thing(
      goal.name,
      [
        fact(dueText(goal.due_date)),
        progress(goal),
        h("ul", { class: "tasks" }, goal.tasks.map((task) => h("li", {}, taskRow(task)))),
        folded(texts.newTask, taskForm(goal)),
      ],
      act(texts.remove, () => remove(goal), "link"),
    );

  const taskRow = (task) => [
    switchRow(app, task.name, task.done, async (done) => {
      await app.api.put(`${TASK}${task.id}`, { done });
      await page.load();
    }),
    fact(dueText(task.due_date)),
  ];

  function taskForm(goal) {
    const node = form({
      label: `${texts.newTask}: ${goal.name}`,
      submit: texts.add,
      fields: [
        { name: "name", label: texts.taskName },
        { name: "due", label: texts.due, type: "datetime-local", optional: true },
      ],
      onSubmit: async ({ name, due }) => {
        await app.api.post(TASK, { name, due_date: seconds(due), goal: goal.id });
        await page.load();
      },
    });
    return node;
  }

  async function remove(goal) {
    if (await removeAfterAsking(app, `${PATH}${goal.id}`, goal.name)) await page.load();
  }

  return page;
}

const progress = (goal) =>
  h(
    "p",
    { class: "goal-progress" },
    h("progress", { max: 100, value: goal.progress, "aria-label": `${texts.progress}: ${goal.name}` }),
    h("span", {}, goal.done ? texts.reached : `${goal.progress} %`),
  );

const goalForm = (onSubmit) =>
  form({
    label: texts.newGoal,
    submit: texts.save,
    fields: [
      { name: "name", label: texts.goalName },
      { name: "due", label: texts.due, type: "datetime-local", optional: true },
    ],
    onSubmit,
  });
