// What was reported to the moderators: the message alone, as it was; it comes and goes as it happens.

import { h } from "../dom.js";
import { displayName, fullTime } from "../format.js";
import { texts } from "../texts.js";
import { attachedView } from "./attached.js";
import { act, fact, listing, thing } from "./listing.js";
import { confirm } from "./overlay.js";

const PATH = "/reports";

export function reportsView(app) {
  const page = listing(app, {
    title: texts.places_.reports,
    path: `${PATH}/page/1`,
    nothing: texts.noReports,
    order: (one, other) => one.id - other.id,
    item: (report) =>
      thing(
        displayName(report.author),
        [
          fact(`${texts.reportedBy(report.reporters)} · ${fullTime(report.written)}`),
          h("blockquote", { class: "thing-text reported", dir: "auto" }, report.text, attachedView(report.attachments, app.signed)),
          h("ul", { class: "achieved", "aria-label": texts.reason }, report.reasons.map((reason) => h("li", { dir: "auto" }, reason))),
        ],
        act(texts.dismiss, () => decide(report, "dismiss")),
        act(texts.removeMessage, () => remove(report), "danger"),
      ),
  });

  const decide = (report, verdict) => app.attempt(() => app.api.post(`${PATH}/${report.id}/${verdict}`));

  async function remove(report) {
    if (await confirm(texts.removeMessageQuestion, texts.removeMessage)) await decide(report, "remove");
  }

  /** An event brings the whole report. */
  function heard(name, event) {
    if (name === "reset") return page.load();
    if (name === "report.pending") page.take(event.data.id, event.data);
    if (name === "report.decided") page.take(event.data.id, null);
    return undefined;
  }

  return { ...page, heard };
}
