// A switch that acts at once, and goes back when what it asked for was refused.

import { h } from "../dom.js";

/** `change(isOn)` may fail; `attempt` says so. */
export function switchRow(app, label, isOn, change) {
  const input = h("input", { type: "checkbox", role: "switch", checked: isOn });
  input.addEventListener("change", async () => {
    const wanted = input.checked;
    const done = await app.attempt(async () => {
      await change(wanted);
      return true;
    });
    if (!done) input.checked = !wanted;
  });
  return h("label", { class: "switch" }, h("span", { dir: "auto" }, label), input);
}
