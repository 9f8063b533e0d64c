// Who is in a group: read when it is unfolded, page by page; people come and go.

import { h, iconButton } from "../dom.js";
import { displayName } from "../format.js";
import { texts } from "../texts.js";
import { nicknames } from "./dialogs.js";
import { form } from "./form.js";
import { personRow } from "./person_row.js";

/** `changed()` is called when the group has more or fewer people. */
export function groupPeople(app, { id, name }, changed) {
  const path = `/groups/${id}`;
  const list = h("ul", { class: "people", "aria-label": `${texts.people}: ${name}` });
  const more = h("button", { type: "button", class: "link", hidden: true, onclick: () => load() }, texts.showMore);
  const node = h("details", { class: "folded", ontoggle }, h("summary", {}, texts.people), list, more, addForm());
  let next = `${path}/users/page/1`;

  function ontoggle() {
    if (node.open && list.children.length === 0) load();
  }

  async function load() {
    const page = await app.attempt(() => app.api.page(next));
    if (!page) return;
    list.append(...page.items.map((person) => personRow(app, person, { actions: [removeButton(person)] })));
    next = page.next;
    more.hidden = next === null;
  }

  const removeButton = (person) =>
    iconButton("remove", `${texts.exclude}: ${displayName(person)}`, () => app.attempt(() => change("remove", [person.nickname])));

  async function change(what, users) {
    await app.api.post(`${path}/${what}`, { users });
    await changed();
  }

  function addForm() {
    return form({
      label: `${texts.addPeople}: ${name}`,
      submit: texts.add,
      fields: [{ name: "users", label: texts.addPeople, type: "nickname", hint: texts.inviteesHint }],
      onSubmit: ({ users }) => change("add", nicknames(users)),
    });
  }

  return node;
}
