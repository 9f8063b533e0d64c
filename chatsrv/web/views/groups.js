// Groups: those that one is in; who moderates makes them, fills them, founds their chats.

import { h } from "../dom.js";
import { MODERATOR } from "../sections.js";
import { texts } from "../texts.js";
import { nicknames } from "./dialogs.js";
import { form } from "./form.js";
import { groupPeople } from "./group_people.js";
import { act, fact, folded, listing, removeAfterAsking, thing } from "./listing.js";
import { notify } from "./overlay.js";

const PATH = "/groups";

export function groupsView(app) {
  const mayChange = app.store.me.role >= MODERATOR;
  const made = groupForm(texts.newGroup, {}, async ({ users, ...values }) => {
    await app.api.post(PATH, { ...values, users: nicknames(users) });
    made.dispatchEvent(new Event("made"));
    await page.load();
  });
  const page = listing(app, {
    title: texts.places_.groups,
    path: mayChange ? `${PATH}/page/1` : `${PATH}/own`,
    above: mayChange ? [folded(texts.newGroup, made)] : [],
    nothing: texts.noGroups,
    item: (group) =>
      thing(
        [colour(group), group.name],
        [fact(texts.memberCount(group.members)), ...(mayChange ? forms(group) : [])],
        ...(mayChange ? acts(group) : []),
      ),
  });

  const forms = (group) => [
    groupPeople(app, group, page.load),
    folded(texts.edit, groupForm(`${texts.edit}: ${group.name}`, group, (values) => change(group, values))),
    folded(texts.sendWord, wordForm(app, group)),
  ];

  const acts = (group) => [
    act(group.chat_id ? texts.bringIntoChat : texts.foundGroupChat, () => foundChat(group)),
    act(texts.remove, () => remove(group), "link danger"),
  ];

  async function change({ id }, values) {
    await app.api.post(`${PATH}/${id}/edit`, values);
    await page.load();
  }

  async function foundChat({ id, name }) {
    const chat = await app.attempt(() => app.api.post(`${PATH}/${id}/chat`));
    if (chat) notify(texts.chatFounded(name));
    await page.load();
  }

  async function remove({ id, name }) {
    if (await removeAfterAsking(app, `${PATH}/${id}`, name)) await page.load();
  }

  return page;
}

/** A colour is a style of the element, which the page's policy allows to scripts only by this way. */
function colour({ color }) {
  const node = h("span", { class: "colour", "aria-hidden": "true" });
  node.style.backgroundColor = color;
  return node;
}

const groupForm = (label, { id, name = "", color = "#22708f" }, onSubmit) =>
  form({
    label,
    submit: texts.save,
    fields: [
      { name: "name", label: texts.name, value: name },
      { name: "color", label: texts.colour, type: "color", value: color },
      ...(id ? [] : [{ name: "users", label: texts.people, type: "nickname", hint: texts.inviteesHint, optional: true }]),
    ],
    onSubmit,
  });

function wordForm(app, { id, name }) {
  const made = form({
    label: `${texts.sendWord}: ${name}`,
    submit: texts.send,
    fields: [{ name: "text", label: texts.words, type: "textarea" }],
    onSubmit: async (values) => {
      await app.api.post(`${PATH}/${id}/notify`, values);
      made.dispatchEvent(new Event("made"));
      notify(texts.wordSent);
    },
  });
  return made;
}
