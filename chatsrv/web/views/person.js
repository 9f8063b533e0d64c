// What one may know of somebody, the way to write to them, and what one can do about them.

import { h, icon } from "../dom.js";
import { displayName, presenceText } from "../format.js";
import { formatRoute } from "../routes.js";
import { ADMIN } from "../sections.js";
import { texts } from "../texts.js";
import { accountControls } from "./account_controls.js";
import { personAvatar } from "./avatar.js";
import { confirm } from "./overlay.js";
import { panelFrame } from "./panel.js";
import { writeTo } from "./writing.js";

export function personView(app, nickname) {
  const { store, actions } = app;
  const card = h("div", { class: "person-card" });
  const more = h("div", { class: "panel-actions" });
  const office = h("div", { class: "office" });
  const node = panelFrame(app, texts.profile, h("div", { class: "scroll" }, card, more, office));
  let person = null;

  function update() {
    if (!person) return;
    const presence = store.presence.get(nickname);
    const isMe = person.id === store.me.id;
    const lines = [
      personAvatar(person, { size: "large", signed: app.signed }),
      h("h3", { dir: "auto" }, displayName(person)),
      h("p", { class: "hint" }, [`@${person.nickname}`, person.bot && texts.bot].filter(Boolean).join(" · ")),
      presence && h("p", { class: presence.online ? "state online" : "state" }, presenceText(presence)),
      person.rating > 0 && h("p", { class: "hint" }, texts.pointsOf(person.rating)),
      h("p", { class: "bio", dir: "auto" }, person.bio ?? ""),
      person.blocked && h("p", { class: "form-alert" }, texts.isBlocked),
      !isMe &&
        !person.blocked &&
        h("button", { type: "button", class: "primary", onclick: () => writeTo(app, person) }, texts.writeMessage),
    ];
    card.replaceChildren(...lines.filter(Boolean));
  }

  function showMore() {
    const { contact, blocked, id } = person;
    const isMe = id === store.me.id;
    const buttons = [
      !isMe && !contact && wide("add", texts.addContact, () => change(() => actions.addContact(person))),
      !isMe && contact && wide("unlink", texts.removeContact, () => change(() => actions.removeContact(person))),
      wideLink("forum", texts.articlesOf, { panel: "author", panelId: String(id) }),
      wideLink("medal", texts.places_.medals, { panel: "medals", panelId: person.nickname }),
      !isMe && !blocked && wide("block", texts.block, block, "wide danger"),
      !isMe && blocked && wide("block", texts.unblock, () => change(() => actions.unblock(person))),
    ];
    more.replaceChildren(...buttons.filter(Boolean));
  }

  const wideLink = (iconName, label, place) =>
    h("a", { class: "wide", href: formatRoute({ stream: app.route.stream, ...place }) }, icon(iconName), label);

  async function block() {
    if (await confirm(texts.blockQuestion(displayName(person)), texts.block)) await change(() => actions.block(person));
  }

  async function change(ask) {
    await app.attempt(ask);
    await app.attempt(load);
  }

  async function load() {
    person = await actions.meet(nickname);
    update();
    showMore();
  }

  /** What an admin may see and change. */
  async function loadAccount() {
    const account = await app.api.get(`/user/${encodeURIComponent(nickname)}/account`);
    office.replaceChildren(h("h3", {}, texts.account), accountControls(app, account, () => app.attempt(loadAccount)));
  }

  app.attempt(load);
  if (store.me.role >= ADMIN) app.attempt(loadAccount);
  return { node, update, focus: () => node.querySelector("h2").focus(), close() {} };
}

const wide = (iconName, label, onclick, kind = "wide") =>
  h("button", { type: "button", class: kind, onclick }, icon(iconName), label);
