// What the server refuses with: the form shape {"global": [AEO…], "fields": {name: [AEO…]}}, over REST and over the socket.

import { texts } from "./texts.js";

const WITHOUT_CHANNEL = 0x3fff;
const PASSING = new Set([0x2007, 0x2602, 0x2604, 0x2f02]); // too many requests, nonce in flight, too busy, unavailable
const TOKEN = new Set([0x2208, 0x2209, 0x220a]); // none, not valid, expired

const isForm = (body) => Array.isArray(body?.global);
const codes = (atoms) => atoms.map((atom) => atom.c & WITHOUT_CHANNEL);
const sentence = (atom) => texts.refusals[atom.c & WITHOUT_CHANNEL] ?? atom.t;
const sentences = (atoms) => atoms.map(sentence);

/** Any refusal; without an answer of the server (`reached` false) the request may or may not have been heard. */
export class Refusal extends Error {
  constructor(body, status = 0) {
    const form = isForm(body) ? body : { global: [{ c: 0, t: texts.requestFailed }], fields: {} };
    super([...form.global, ...Object.values(form.fields).flat()].map(sentence).join(". "));
    this.status = status;
    this.reached = isForm(body);
    this.global = sentences(form.global);
    this.fields = Object.fromEntries(Object.entries(form.fields).map(([name, atoms]) => [name, sentences(atoms)]));
    this.codes = codes(form.global);
  }

  /** Whether the same request may well succeed in a moment. */
  get isPassing() {
    return !this.reached || this.codes.some((code) => PASSING.has(code));
  }

  get isAboutToken() {
    return this.codes.some((code) => TOKEN.has(code));
  }
}

/** A refusal of our own, before anything is sent. */
export const refuseField = (name, sentence) => new Refusal({ global: [], fields: { [name]: [{ c: 0, t: sentence }] } });

/** The answer of an acknowledgement, or its refusal thrown. */
export function unwrap(answer) {
  if (isForm(answer)) throw new Refusal(answer);
  return answer;
}
