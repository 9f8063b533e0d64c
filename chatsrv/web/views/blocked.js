// Those from whom one wants to hear nothing.

import { h } from "../dom.js";
import { displayName } from "../format.js";
import { texts } from "../texts.js";
import { act, listing } from "./listing.js";
import { personRow } from "./person_row.js";

export function blockedView(app) {
  const page = listing(app, {
    title: texts.places_.blocked,
    path: "/blocked/page/1",
    above: [h("p", { class: "hint" }, texts.blockedHint)],
    nothing: texts.nobodyBlocked,
    item: (person) => personRow(app, person, { actions: [unblockButton(person)] }),
  });

  const unblockButton = (person) => act([texts.unblock, h("span", { class: "unseen" }, ` ${displayName(person)}`)], () => unblock(person), "link");

  async function unblock(person) {
    await app.attempt(() => app.actions.unblock(person));
    await page.load();
  }

  return page;
}
