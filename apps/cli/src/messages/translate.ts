import { createInstance } from "i18next";
import { en, type MessageKey } from "./en.ts";
import { zh } from "./zh.ts";

/** Languages the program speaks. */
export const languages = ["en", "zh"] as const;
/** One of `languages`. */
export type Language = (typeof languages)[number];

/** A message in the user's language, with `{{name}}` replaced by the values. */
export type Translate = (
  key: MessageKey,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** Messages in one language. */
export function createTranslate(language: Language): Translate {
  const instance = createInstance();
  void instance.init({
    lng: language,
    resources: { en: { translation: en }, zh: { translation: zh } },
    // Keys hold dots, messages go to a terminal and not into HTML, and all of them are here already.
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return (key, values = {}) => instance.t(key, values);
}

/** The language that the environment asks for: LC_ALL before LC_MESSAGES before LANG; English if it says nothing. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return /^zh([-_.@]|$)/i.test(locale) ? "zh" : "en";
}
