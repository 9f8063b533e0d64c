// One line of a list of messages.

import { h, icon, iconButton } from "../dom.js";
import { fullTime, gist, timeOfDay, tint, withLinks } from "../format.js";
import { texts } from "../texts.js";
import { attachedView } from "./attached.js";
import { personAvatar } from "./avatar.js";

const RECEIPTS = { sending: "clock", sent: "check", read: "checks", failed: "alert" };

/**
 * An item for `syncChildren` of a line of the timeline; `act(name, line)` is called for what its buttons ask, `signed` opens files.
 */
export function lineItem(line, act, signed) {
  if (line.kind === "day")
    return { key: line.key, version: line.label, build: () => h("li", { class: "day" }, h("span", {}, line.label)) };
  if (line.kind === "new")
    return {
      key: line.key,
      version: "",
      build: () => h("li", { class: "new-mark" }, h("span", {}, texts.newMessages)),
    };
  return { key: line.key, version: JSON.stringify(line), build: () => buildMessage(line, act, signed) };
}

function buildMessage(line, act, signed) {
  const classes = [
    "message",
    line.mine && "mine",
    line.follows && "follows",
    line.deleted && "tombstone",
    line.receipt,
  ].filter(Boolean);
  return h(
    "li",
    {
      class: classes.join(" "),
      "data-id": line.id,
      "data-nonce": line.nonce,
      tabindex: "-1",
      "aria-label": spoken(line),
    },
    !line.mine &&
      h(
        "span",
        { class: "message-avatar", "aria-hidden": "true" },
        !line.follows && personAvatar(line.author, { size: "small", signed }),
      ),
    h(
      "div",
      { class: "message-body" },
      line.showsName && h("div", { class: `byline tint-text-${tint(String(line.author.id))}` }, line.name),
      h("div", { class: "bubble" }, quote(line, act), files(line, signed), content(line), meta(line)),
      line.error && failure(line, act),
      extras(line, act),
      !line.nonce && !line.deleted && toolbar(line, act),
    ),
  );
}

const spoken = (line) =>
  `${line.mine ? texts.you : line.name}, ${timeOfDay(line.created)}: ${line.deleted ? texts.deleted : gist(line)}`;

const files = (line, signed) => !line.deleted && attachedView(line.attachments, signed);

function content(line) {
  if (line.deleted) return h("span", { class: "text" }, texts.deleted);
  if (!line.text) return null;
  return h(
    "span",
    { class: "text", dir: "auto" },
    withLinks(line.text).map(({ text, href }) => (href ? link(text, href) : text)),
  );
}

const link = (text, href) => h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, text);

function meta(line) {
  return h(
    "span",
    { class: "meta" },
    line.edited && !line.deleted && h("span", {}, texts.edited),
    h("time", { datetime: line.created, title: fullTime(line.created) }, timeOfDay(line.created)),
    line.receipt &&
      h(
        "span",
        { class: "receipt", role: "img", "aria-label": texts[line.receipt], title: texts[line.receipt] },
        icon(RECEIPTS[line.receipt]),
      ),
  );
}

function quote(line, act) {
  if (!line.quote || line.deleted) return null;
  const { name, text, deleted } = line.quote;
  return h(
    "button",
    {
      type: "button",
      class: "quote",
      "data-action": "jump",
      title: texts.jumpTo(name),
      tabindex: "-1",
      onclick: () => act("jump", line),
    },
    h("span", { class: "quote-name" }, name || "…"),
    h("span", { class: "quote-text", dir: "auto" }, deleted ? texts.deleted : (text ?? "")),
  );
}

const failure = (line, act) =>
  h(
    "div",
    { class: "failure" },
    h("span", {}, `${texts.failed}: ${line.error}`),
    h("button", { type: "button", class: "link", onclick: () => act("retry", line) }, texts.retry),
    h("button", { type: "button", class: "link", onclick: () => act("discard", line) }, texts.discard),
  );

/** The likes and answers below a bubble. */
function extras(line, act) {
  const likes =
    line.votes > 0 &&
    !line.deleted &&
    h(
      "button",
      {
        type: "button",
        class: line.voted ? "pill voted" : "pill",
        "data-action": "vote",
        tabindex: "-1",
        "aria-pressed": String(line.voted),
        "aria-label": `${texts.votes(line.votes)}. ${line.voted ? texts.unvote : texts.vote}`,
        onclick: () => act("vote", line),
      },
      icon("heart"),
      String(line.votes),
    );
  const answers =
    line.replies > 0 &&
    h(
      "button",
      {
        type: "button",
        class: "pill",
        "data-action": "thread",
        tabindex: "-1",
        "aria-label": `${texts.openThread}: ${texts.replies(line.replies)}`,
        onclick: () => act("thread", line),
      },
      icon("thread"),
      texts.replies(line.replies),
    );
  return (likes || answers) && h("div", { class: "extras" }, likes, answers);
}

/** What can be done with the message; shown while the pointer or the focus is on it. */
function toolbar(line, act) {
  const tool = (name, iconName, label) =>
    iconButton(iconName, label, () => act(name, line), { "data-action": name, tabindex: "-1" });
  return h(
    "div",
    { class: "toolbar", role: "group" },
    tool("reply", "reply", texts.reply),
    tool("vote", "heart", line.voted ? texts.unvote : texts.vote),
    tool("thread", "thread", texts.openThread),
    !line.mine && tool("report", "flag", texts.report),
    line.mine && tool("edit", "edit", texts.edit),
    line.mine && tool("remove", "remove", texts.remove),
  );
}
