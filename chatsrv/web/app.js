// Where the page begins: the door, or the session behind it.

import { Api } from "./api.js";
import { isAbout, isAboutAny, Keep } from "./keep.js";
import { outboxOf } from "./outbox.js";
import { Session } from "./session.js";
import { language, texts } from "./texts.js";
import { showTheme } from "./theme.js";
import { entryView } from "./views/entry.js";
import { consentView } from "./views/consent.js";
import { notify } from "./views/overlay.js";

const DOORS = new Set(["#/login", "#/register"]);

const keep = new Keep(localStorage);
const api = new Api(keep);
const page = document.getElementById("app");
let session = null;

function show() {
  const me = api.token && keep.get("me");
  if (me && isAsked()) return showConsent();
  if (me && !session) enter(me);
  else if (!me) showDoor();
  return undefined;
}

/** An application sent this person here to be let in (OAuth 2). */
const isAsked = () => location.pathname === "/oauth/authorize";

function showConsent() {
  page.replaceChildren(consentView(api).node);
}

function showDoor() {
  page.replaceChildren(entryView(api, { isNew: location.hash === "#/register", onEntered: entered }).node);
}

function entered(me) {
  keep.set("me", me);
  if (isAsked()) return showConsent();
  if (DOORS.has(location.hash)) history.replaceState(null, "", "#/");
  return enter(me);
}

function enter(me) {
  session = new Session({ api, keep, me, io: window.io, end: leave });
  page.replaceChildren(session.node);
}

function leave() {
  session?.close();
  session = null;
  keep.remove("me");
  document.title = texts.product;
  history.replaceState(null, "", "#/login");
  showDoor();
}

api.onEnded = () => {
  const isMeant = session?.isLeaving;
  leave();
  if (!isMeant) notify(texts.sessionEnded);
};

window.addEventListener("hashchange", () => (session ? session.routeChanged() : show()));
window.addEventListener("storage", (event) => {
  if (!session) return;
  if (isAbout(event, "session") && !api.token) leave();
  else if (isAbout(event, "me") && keep.get("me")?.id !== session.store.me.id) location.reload();
  else if (isAboutAny(event, outboxOf(session.store.me.id))) session.store.changed();
});

document.documentElement.lang = language;
showTheme(keep);
show();
