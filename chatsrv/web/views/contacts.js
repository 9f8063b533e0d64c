// The people whom one keeps at hand, and whether they are here.

import { iconButton } from "../dom.js";
import { displayName } from "../format.js";
import { texts } from "../texts.js";
import { finder } from "./finder.js";
import { listing } from "./listing.js";
import { personRow } from "./person_row.js";
import { writeTo } from "./writing.js";

export function contactsView(app) {
  const { actions, store } = app;
  const page = listing(app, {
    title: texts.places_.contacts,
    read,
    above: [finder(app, (person) => (person.id === store.me.id ? [] : [addButton(person)]))],
    nothing: texts.noContacts,
    item: (person) => personRow(app, person, { online: person.online, actions: [writeButton(person), removeButton(person)] }),
  });

  async function read(next) {
    const meet = (contacts) => {
      for (const person of contacts.items) store.meet(person);
      return contacts;
    };
    const contacts = await store.asOf(() => app.api.page(next ?? "/contacts/page/1"), meet);
    return { ...contacts, items: contacts.items.map(asSeen) };
  }

  const asSeen = (person) => ({ ...person, online: store.isOnline(person.nickname) });

  const addButton = (person) =>
    iconButton("add", `${texts.addContact}: ${displayName(person)}`, () => change(() => actions.addContact(person)));
  const removeButton = (person) =>
    iconButton("close", `${texts.removeContact}: ${displayName(person)}`, () => change(() => actions.removeContact(person)));
  const writeButton = (person) =>
    iconButton("thread", texts.write(displayName(person)), () => writeTo(app, person), { "data-action": "write" });

  async function change(ask) {
    await app.attempt(ask);
    await page.load();
  }

  /** Who comes and goes is told of those with whom one shares a room. */
  function update() {
    page.show(page.things().map(asSeen));
  }

  return { ...page, update };
}
