// How names, times and texts look. Pure: the moment "now" can be handed in.

import { locale, texts } from "./texts.js";

const DAY = 86_400_000;
const TINTS = 8;

const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
const shortDate = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const longDate = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const fullDate = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });

const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
const daysBetween = (then, now) => Math.round((midnight(now) - midnight(then)) / DAY);

/** The hour and minute of an ISO time, as people here write it. */
export const timeOfDay = (iso) => clock.format(new Date(iso));

export const fullTime = (iso) => fullDate.format(new Date(iso));

/** A key that is equal for two ISO times of one local day. */
export const dayKey = (iso) => midnight(new Date(iso));

export function dayLabel(iso, now) {
  const days = daysBetween(new Date(iso), now);
  if (days === 0) return texts.today;
  if (days === 1) return texts.yesterday;
  return longDate.format(new Date(iso));
}

/** The shortest text that places an ISO time: an hour today, a weekday this week, else a date. */
export function shortTime(iso, now) {
  const days = daysBetween(new Date(iso), now);
  if (days <= 0) return timeOfDay(iso);
  return (days < 7 ? weekday : shortDate).format(new Date(iso));
}

/** Whether somebody is here, or when they were. */
export function presenceText({ online, lastSeen }, now = Date.now()) {
  if (online) return texts.online;
  if (!lastSeen) return texts.offline;
  return texts.lastSeen(now - new Date(lastSeen) < 60_000 ? texts.justNow : shortTime(lastSeen, now));
}

const firstLetter = (word) => [...word][0].toUpperCase();

/** One or two letters that stand for a name in its avatar. */
export function initials(name) {
  const words = name.split(/[\s_.-]+/).filter(Boolean);
  if (words.length === 0) return "?";
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map(firstLetter).join("");
}

/** A number from 0 to 7 that is always the same for the same name. */
export function tint(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 65_521;
  return sum % TINTS;
}

export const displayName = (person) => person.name || person.nickname;

/** The first line of a text, for quotes and lists. */
export const snippet = (text, length = 120) => [...text.replace(/\s+/g, " ")].slice(0, length).join("");

/** What a message says, in a line: its text, or the names of its files. */
export const gist = ({ text, attachments = [] }) => text || attachments.map(({ name }) => name).join(", ");

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** A number of bytes, as people here write it. */
export function fileSize(bytes) {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const format = { style: "unit", unit: UNITS[power], unitDisplay: power ? "short" : "long", maximumFractionDigits: power && 1 };
  return new Intl.NumberFormat(locale, format).format(bytes / 1000 ** power);
}

/** Cut a text into pieces of {text} and {text, href}; only http and https addresses become links. */
export function withLinks(text) {
  const pieces = [];
  let end = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"']*[^\s<>"'.,:;!?)\]}]/g)) {
    if (found.index > end) pieces.push({ text: text.slice(end, found.index) });
    pieces.push({ text: found[0], href: found[0] });
    end = found.index + found[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}
