// Which applications act for oneself, and those that one has registered.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, removeAfterAsking, thing } from "./listing.js";
import { panelFrame } from "./panel.js";
import { secretOnce } from "./secret.js";

const OWN = "/oauth/applications";
const LET = "/oauth/consents";

export function applicationsView(app) {
  const { api } = app;
  const consents = h("ul", { class: "things" });
  const own = h("ul", { class: "things" });
  const secret = secretOnce();
  const node = panelFrame(
    app,
    texts.places_.applications,
    h(
      "div",
      { class: "scroll settings" },
      h("section", {}, h("h3", {}, texts.mayAct), consents),
      h("section", {}, h("h3", {}, texts.ownApplications), own, secret.node, folded(texts.newApplication, registration())),
    ),
  );

  async function load() {
    const [allowed, registered] = await Promise.all([api.get(LET), api.get(OWN)]);
    consents.replaceChildren(...(allowed.length > 0 ? allowed.map(consentItem) : [h("li", { class: "hint" }, texts.none)]));
    own.replaceChildren(...registered.map(ownItem));
  }

  const consentItem = ({ application: { id, name }, scopes }) =>
    thing(
      name,
      scopes.map(({ sentence }) => fact(sentence)),
      act(texts.withdraw, () => remove(`${LET}/${id}`, name, texts.withdraw), "link"),
    );

  const ownItem = ({ id, name, redirect_uris: addresses }) =>
    thing(
      name,
      [fact(`${texts.applicationId}: ${id}`), ...addresses.map((address) => fact(address))],
      act(texts.remove, () => remove(`${OWN}/${id}`, name, texts.remove), "link"),
    );

  async function remove(path, name, label) {
    if (await removeAfterAsking(app, path, name, label)) await app.attempt(load);
  }

  function registration() {
    const made = form({
      label: texts.newApplication,
      submit: texts.save,
      fields: [
        { name: "name", label: texts.name },
        { name: "redirect_uris", label: texts.redirects, type: "textarea", hint: texts.oneALine },
        { name: "confidential", label: texts.keepsSecrets, type: "checkbox" },
      ],
      onSubmit: async ({ redirect_uris: text, ...values }) => {
        const addresses = text.split("\n").map((line) => line.trim()).filter(Boolean);
        const application = await api.post(OWN, { ...values, redirect_uris: addresses });
        secret.show(application.secret ?? "");
        made.dispatchEvent(new Event("made"));
        await load();
      },
    });
    return made;
  }

  app.attempt(load);
  return { node, update() {}, focus: () => node.querySelector("h2").focus(), close() {} };
}
