// What an admin can do with somebody's account: give and take roles, disable and enable it.

import { h } from "../dom.js";
import { displayName } from "../format.js";
import { texts } from "../texts.js";
import { act } from "./listing.js";
import { confirm } from "./overlay.js";

/** `changed(account)` is called after each change; nothing can be done with one's own account, a guest's, and a bot's role. */
export function accountControls(app, account, changed) {
  if (account.id === app.store.me.id || account.guest || account.deleted) return h("div");
  const path = `/user/${account.id}`;
  const name = displayName(account);

  async function change(ask) {
    const done = await app.attempt(ask);
    changed(done ?? account);
  }

  async function shut() {
    if (await confirm(texts.disableQuestion(name), texts.disable)) await change(() => app.api.post(`${path}/disable`));
  }

  async function give(role) {
    await change(() => app.api.post(`${path}/role`, { role }));
  }

  return h(
    "div",
    { class: "thing-actions" },
    !account.bot && roleSelect(account, name, give),
    account.disabled
      ? act(texts.enable, () => change(() => app.api.post(`${path}/enable`)), "link")
      : act(texts.disable, shut, "link danger"),
  );
}

/** An arrow key in a closed list chooses at once in some browsers: a role is given only after a question. */
function roleSelect({ role }, name, give) {
  const options = texts.roles.map((label, value) => h("option", { value, selected: value === role }, label));
  const node = h("select", { class: "choice", "aria-label": texts.roleOf(name), onchange }, options);

  async function onchange() {
    const chosen = Number(node.value);
    if (await confirm(texts.roleQuestion(name, texts.roles[chosen]), texts.giveRole)) await give(chosen);
    else node.value = String(role);
  }

  return node;
}
