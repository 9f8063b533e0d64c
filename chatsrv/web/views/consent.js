// An application asks to act for this person (OAuth 2): what it wants, and yes or no.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { act } from "./listing.js";

const hostOf = (address) => (URL.canParse(address) && new URL(address).host) || address;

export function consentView(api) {
  const card = h("div", { class: "entry-card" }, h("h1", {}, texts.product));
  const path = `/oauth/consent${location.search}`;

  async function ask() {
    try {
      show(await api.get(path));
    } catch (error) {
      refuse(error);
    }
  }

  const refuse = (error) => card.append(h("p", { class: "form-alert", role: "alert" }, error.message));

  function show({ application, scopes }) {
    const goesTo = new URLSearchParams(location.search).get("redirect_uri") ?? "";
    const allow = act(texts.allow, () => decide(true), "primary");
    card.append(
      h("p", { class: "tagline" }, texts.wantsToAct(application.name)),
      h("ul", { class: "scopes" }, scopes.map(({ sentence }) => h("li", {}, sentence))),
      h("p", { class: "hint" }, texts.leadsTo(hostOf(goesTo))),
      h("div", { class: "form-buttons" }, act(texts.refuse, () => decide(false)), allow),
    );
    allow.focus();
  }

  async function decide(isAllowed) {
    for (const button of card.querySelectorAll("button")) button.disabled = true;
    try {
      location.assign((await api.post(path, { allow: isAllowed })).redirect);
    } catch (error) {
      refuse(error);
    }
  }

  ask();
  return { node: h("main", { class: "entry" }, card) };
}
