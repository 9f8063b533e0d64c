// The sentences of this page, in the language of whoever reads it.

import { english } from "./texts/english.js";
import { russian } from "./texts/russian.js";

const LANGUAGES = { en: english, ru: russian };

/** The first of these languages ("ru-RU", "en") that we speak, else English. */
export const languageOf = (wanted) => wanted.map((tag) => tag.split("-")[0]).find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";

export const language = languageOf(globalThis.navigator?.languages ?? []);

export const texts = LANGUAGES[language];
