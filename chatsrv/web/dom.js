// The few things about the DOM that every view needs. Texts become text nodes, never markup.

const SVG = "http://www.w3.org/2000/svg";

const isNothing = (value) => value === null || value === undefined || value === false;

/** Make an element: h("button", {class: "primary", onclick: save}, "Save"). Nothing (null, undefined, false) is left out. */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) setProperty(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => !isNothing(child)));
  return node;
}

function setProperty(node, name, value) {
  if (isNothing(value)) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "value") node.value = value;
  else node.setAttribute(name, value === true ? "" : value);
}

const ICONS = {
  add: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  send: "M5 12h13M12 5l7 7-7 7",
  reply: "M10 7l-6 5 6 5M4 12h9c4 0 7 2 7 6",
  heart: "M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.3a4.3 4.3 0 0 1 7.5 2.5C19.5 15.4 12 20 12 20z",
  edit: "M4 20l1-4L16 5l3 3L8 19l-4 1zM14 7l3 3",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  thread: "M5 5h14v10h-8l-4 4v-4H5zM9 9h6M9 11.8h4",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 4.5a3.3 3.3 0 0 1 0 6.3M18 14.5c2.2.8 3.5 2.7 3.5 5.5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c0-4.3 3.4-6.5 7.5-6.5s7.5 2.2 7.5 6.5",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4",
  settings:
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2",
  muted: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4M4 3.5l16 16",
  leave: "M14 5H6v14h8M11 12h9M17 8.5l3.5 3.5-3.5 3.5",
  down: "M6 10l6 6 6-6",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 8v4.5l3 1.5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  checks: "M2 12.5L6.5 17 15 7.5M11 15.5l1.5 1.5L22 7.5",
  theme: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 4a8 8 0 0 1 0 16z",
  keyboard: "M3 7h18v11H3zM6.5 10.5h.1M10 10.5h.1M13.5 10.5h.1M17.4 10.5h.1M7.5 14.5h9",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.5 4.5",
  diary: "M6 4h11a2 2 0 0 1 2 2v14H7a2 2 0 0 1-2-2V5a1 1 0 0 1 1-1zM9 8.5h6M9 12h6",
  dream: "M19 14.5A7.5 7.5 0 1 1 10 5a6 6 0 0 0 9 9.5z",
  goal: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  medal: "M12 21a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8 10.5L5 3h5l2 5 2-5h5l-3 7.5",
  queue: "M5 6h14M5 12h14M5 18h9",
  ladder: "M5 20v-7h4v7M10 20V6h4v14M15 20v-10h4v10",
  attach: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6",
  forum: "M5 4h14v16H5zM8.5 8h7M8.5 11.5h7M8.5 15h4",
  school: "M3 9.5L12 5l9 4.5-9 4.5zM7 12v4.5c1.5 1.2 3.2 1.8 5 1.8s3.5-.6 5-1.8V12M21 9.5V15",
  shield: "M12 3.5l7 2.5v5.5c0 4.2-2.8 7.3-7 9-4.2-1.7-7-4.8-7-9V6z",
  flag: "M6 21V4.5M6 5h11l-2.5 3.5L17 12H6",
  block: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM6.5 6.5l11 11",
  unlink: "M4.5 20.5c0-4.3 3.4-6.5 7.5-6.5M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM15 18h6",
  save: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14",
  hook: "M7 12a5 5 0 1 1 7 4.6M17 12v3a5 5 0 0 1-10 0v-3M12 7v5",
  megaphone: "M4 10v4h3l8 4.5v-13L7 10zM18 9.5a3.5 3.5 0 0 1 0 5",
  renew: "M19 8a8 8 0 1 0 1 5M20 4v4.5h-4.5",
  alert: "M12 4l9 16H3zM12 10v4.5M12 17.2v.1",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon only; its label is read out and shown as a tooltip. */
export const iconButton = (name, label, onclick, properties = {}) =>
  h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...properties },
    icon(name),
  );

const versions = new WeakMap();

/**
 * Make the children of `parent` show `items`, each {key, version, build()}. A child is built anew only when its version changed,
 * so that focus, selection and scroll stay where they are.
 */
export function syncChildren(parent, items) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const before = old.get(item.key);
    const node = before && versions.get(before) === item.version ? before : fresh(item);
    if (before && before !== node) {
      if (place === before) place = node;
      replace(before, node);
    }
    if (place === node) place = node.nextElementSibling;
    else parent.insertBefore(node, place);
    old.delete(item.key);
  }
  for (const node of old.values()) node.remove();
}

function fresh({ key, version, build }) {
  const node = build();
  node.dataset.key = key;
  versions.set(node, version);
  return node;
}

/** Put `node` in the place of `before`, keeping the focus on the same control. */
function replace(before, node) {
  const focused = before.contains(document.activeElement) ? document.activeElement : null;
  before.replaceWith(node);
  if (!focused) return;
  const twin = focused.dataset.action && node.querySelector(`[data-action="${focused.dataset.action}"]`);
  (twin ?? node).focus({ preventScroll: true });
}
