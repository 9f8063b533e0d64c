// A list of messages that keeps its place: at the bottom while one reads there, unmoved while one reads above.

import { h, icon, syncChildren } from "../dom.js";
import { timeline } from "../timeline.js";
import { texts } from "../texts.js";
import { lineItem } from "./message.js";
import { placeIn } from "./place.js";
import { rove } from "./roving.js";

const NEAR_BOTTOM = 60;
const LOAD_WITHIN = 1.5;
const KEEP_WITHIN = 3;
const MOST_LINES = 200;
const FLASHES = 1_600;
const KEYS = { r: "reply", l: "vote", t: "thread", f: "report", e: "edit", Delete: "remove" };
const ONLY_MINE = new Set(["edit", "remove"]);

/** Of a list that is all there is. */
const NO_MORE = { above: () => false, below: () => false };

/**
 * `source()` gives what `timeline` takes; `act(name, line)` is called for buttons and keys on a message; `signed` opens files; `onBottom` is called when the
 * newest are in view. `more`, of a list that is a part of a longer one: whether there is something `above` and `below`, how to load it, how to let go
 * of what is far (`narrow({first, last})`), and the way `toBottom`.
 */
export function logView({ store, room, label, source, act, signed, more = NO_MORE, onBottom = () => {} }) {
  let lines = [];
  let isAtBottom = true;
  let measuredAt = 0;
  let isPlaced = false;
  let brought = null;
  const list = h("ol", { class: "messages" });
  const older = h("button", { type: "button", class: "link older", onclick: more.loadAbove }, texts.older);
  const empty = h("p", { class: "empty", hidden: true }, texts.noMessages);
  const properties = { class: "scroll log", role: "log", "aria-live": "off", "aria-label": label };
  const scroll = h("div", properties, older, empty, list);
  const toBottom = h(
    "button",
    { type: "button", class: "to-bottom", hidden: true, onclick: more.toBottom ?? stickToBottom },
    icon("down"),
    h("span", {}),
  );
  const node = h("div", { class: "log-frame" }, scroll, toBottom);
  const place = placeIn(scroll, list);
  const refreshRoving = rove(list, ".message", (all) => all.at(-1));

  scroll.addEventListener("scroll", () => {
    measure();
    if (isAtBottom) onBottom();
    loadNear();
    showToBottom();
  });
  list.addEventListener("keydown", (event) => pressed(event));
  const resized = new ResizeObserver(() => isFollowing() && stickToBottom());
  resized.observe(scroll);

  /** More history before the reader runs out of it; a list that does not fill its frame asks too. */
  function loadNear() {
    if (!isPlaced) return;
    const reach = LOAD_WITHIN * scroll.clientHeight;
    if (place.above() < reach && more.above()) more.loadAbove();
    else if (place.below() < reach && more.below()) more.loadBelow();
  }

  function measure() {
    isAtBottom = place.below() < NEAR_BOTTOM;
    measuredAt = place.above();
  }

  /** Whether what is new moves the list; the reader may have gone up, and the event that tells of it is still to come. */
  function isFollowing() {
    if (place.above() < measuredAt) measure();
    return isAtBottom && !more.below();
  }

  function pressed(event) {
    const line = lines.find(({ key }) => key === event.target.closest(".message")?.dataset.key);
    const name = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
    if (!line?.id || line.deleted || !name || event.ctrlKey || event.metaKey || event.altKey) return;
    if (ONLY_MINE.has(name) && !line.mine) return;
    event.preventDefault();
    act(name, line);
  }

  function update() {
    const restore = isFollowing() ? stickToBottom : place.hold();
    showLines();
    empty.hidden = lines.length > 0 || !room().loaded;
    older.hidden = !more.above() || !room().loaded;
    if (isPlaced) restore();
    else if (lines.length > 0) placeFirst();
    if (lines.length > MOST_LINES) letGo();
    loadNear();
    showToBottom();
  }

  function showLines() {
    lines = timeline(store, room(), source());
    syncChildren(
      list,
      lines.map((line) => lineItem(line, act, signed)),
    );
    if (brought) flash();
    refreshRoving();
  }

  /** Keep no more in the page than what is near, however much was read on the way here. */
  function letGo() {
    const near = place.near(KEEP_WITHIN);
    const kept = lines.filter(({ key, seq }) => seq && near.has(key));
    if (!more.narrow || kept.length === 0) return;
    const restore = place.hold();
    more.narrow({ first: kept[0].seq, last: kept.at(-1).seq });
    showLines();
    restore();
  }

  /** Where to begin: at what is new, or at the bottom. */
  function placeFirst() {
    isPlaced = true;
    const mark = list.querySelector(".new-mark");
    stickToBottom();
    if (mark && mark.offsetTop < scroll.scrollTop) scroll.scrollTop = mark.offsetTop - NEAR_BOTTOM;
    measuredAt = place.above(); // who opens a room has read it, wherever it begins
  }

  function stickToBottom() {
    scroll.scrollTop = scroll.scrollHeight;
    measure();
  }

  function showToBottom() {
    const { unread } = room();
    toBottom.hidden = isFollowing();
    toBottom.lastChild.textContent = unread > 0 ? texts.toNewest(unread) : "";
    toBottom.setAttribute("aria-label", texts.toNewest(unread));
  }

  const nodeOf = (id) => list.querySelector(`[data-id="${id}"]`);

  /** Bring a message into view and to the eye; says whether it is in the list. */
  function show(id) {
    const message = nodeOf(id);
    if (!message) return false;
    message.scrollIntoView({ block: "center" });
    measure();
    message.focus({ preventScroll: true });
    message.classList.remove("flash");
    brought = id;
    requestAnimationFrame(flash);
    setTimeout(() => (brought = brought === id ? null : brought), FLASHES);
    return true;
  }

  /** What was just brought to the eye may be built anew meanwhile, as when what it quotes arrives. */
  const flash = () => nodeOf(brought)?.classList.add("flash");

  return {
    node,
    update,
    show,
    stickToBottom,
    lines: () => lines,
    isAtBottom: () => isAtBottom,
    close: () => resized.disconnect(),
  };
}
