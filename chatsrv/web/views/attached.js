// What is attached to a message: pictures, videos, and files to download.

import { h, icon } from "../dom.js";
import { fileSize } from "../format.js";
import { texts } from "../texts.js";
import { notify, openDialog } from "./overlay.js";

const LARGEST = 320;

/** The attachments of a message; `signed` knows the addresses that open them. */
export const attachedView = (attachments, signed) =>
  attachments.length > 0 && h("ul", { class: "attached" }, attachments.map((one) => h("li", {}, show(one, signed))));

function show(one, signed) {
  if (one.type === "link") return link(one);
  if (one.type.startsWith("image/") && one.thumbnail) return picture(one, signed);
  return one.type.startsWith("video/") ? video(one, signed) : file(one, signed);
}

/** As large as it will be before it has come: what stands above must not jump. */
function picture({ id, name, width, height }, signed) {
  const scale = Math.min(1, LARGEST / Math.max(width, height, 1));
  const size = { width: Math.round(width * scale) || null, height: Math.round(height * scale) || null };
  const image = h("img", { alt: name, ...size });
  signed.show(image, id, "signed_thumbnail");
  const open = () => openPicture(id, name, signed);
  return h("button", { type: "button", class: "picture", "aria-label": texts.openPicture(name), onclick: open }, image);
}

function openPicture(id, name, signed) {
  const image = h("img", { class: "whole-picture", alt: name });
  signed.show(image, id, "signed_url");
  return openDialog(name, () => image);
}

function video({ id, name }, signed) {
  const node = h("video", { controls: true, preload: "metadata", "aria-label": name });
  signed.show(node, id, "signed_url");
  return node;
}

/** The signed address is asked for when it is needed: it may have ended since the message was shown. */
function file({ id, name, size, url }, signed) {
  const download = async (event) => {
    event.preventDefault();
    try {
      const { signed_url: href } = await signed.details(id);
      h("a", { href, download: name }).click();
    } catch (refusal) {
      notify(refusal.message);
    }
  };
  return h("a", { class: "file", href: url, download: name, onclick: download }, ...labelOf(name, fileSize(size)));
}

const link = ({ name, url }) =>
  h("a", { class: "file", href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, ...labelOf(name, ""));

const labelOf = (name, note) => [
  icon("attach"),
  h("span", { class: "file-name", dir: "auto" }, name),
  note && h("span", { class: "file-size" }, note),
];
