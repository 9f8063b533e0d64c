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

  return h(
    "div",
    { class: "thing-actions" },
    !account.bot && roleSelect(account, name, (role) => change(() => app.api.post(`${path}/role`, { role }))),
    account.disabled
      ? act(texts.enable, () => change(() => app.api.post(`${path}/enable`)), "link")
      : act(texts.disable, shut, "link danger"),
  );
}

function roleSelect({ role }, name, give) {
  const options = texts.roles.map((label, value) => h("option", { value, selected: value === role }, label));
  const onchange = (event) => give(Number(event.target.value));
  return h("select", { class: "choice", "aria-label": texts.roleOf(name), onchange }, options);
}
