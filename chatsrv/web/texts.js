// The sentences of this page, in the language that was chosen here, else of whoever's browser this is.

import { Keep } from "./keep.js";
import { english } from "./texts/english.js";
import { russian } from "./texts/russian.js";

const LANGUAGES = { en: english, ru: russian };
const CHOICE = "language";

/** The first of these languages ("ru-RU", "en") that we speak, else English. */
export const languageOf = (wanted) => wanted.map((tag) => tag.split("-")[0]).find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";

/** "" where none was chosen. */
export const chosenLanguage = (keep) => (Object.hasOwn(LANGUAGES, keep.get(CHOICE) ?? "") ? keep.get(CHOICE) : "");

/** It is spoken from the next start of the page on. */
export const chooseLanguage = (keep, language) => (language ? keep.set(CHOICE, language) : keep.remove(CHOICE));

const chosen = globalThis.document ? chosenLanguage(new Keep(localStorage)) : "";

export const language = chosen || languageOf(globalThis.navigator?.languages ?? []);

/** How numbers and times are written: as the browser does, unless it speaks another language than the page. */
export const locale = chosen && languageOf(globalThis.navigator?.languages ?? []) !== chosen ? chosen : undefined;

export const texts = LANGUAGES[language];
