// All accounts, for admins: who has which role, who is disabled.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { accountControls } from "./account_controls.js";
import { finder } from "./finder.js";
import { listing } from "./listing.js";
import { personRow } from "./person_row.js";

export function accountsView(app) {
  const page = listing(app, {
    title: texts.places_.accounts,
    path: "/users/page/1",
    above: [finder(app)],
    nothing: texts.nothingFound,
    item: (account) =>
      h(
        "li",
        { class: "thing account" },
        h("ul", {}, personRow(app, account, { note: standing(account) })),
        accountControls(app, account, changed),
      ),
  });

  /** The answer to each change is the whole account. */
  const changed = (account) => page.show(page.things().map((one) => (one.id === account.id ? account : one)));

  return page;
}

const standing = (account) =>
  [
    texts.roles[account.role],
    ...["disabled", "guest", "bot", "deleted"].filter((name) => account[name]).map((name) => texts.standings[name]),
  ].join(" · ");
