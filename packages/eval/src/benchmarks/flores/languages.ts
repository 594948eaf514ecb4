import type { Title } from "../../benchmark.ts";

/** A language of FLORES. */
export interface Language {
  /** In file names of FLORES-101. */
  readonly code101: string;
  /** In file names of FLORES-200. */
  readonly code200: string;
  /** What OpenCompass's prompts call it. */
  readonly english: string;
}

/** A language to translate into. */
export interface TargetLanguage extends Language {
  /** Of the task. */
  readonly title: Title;
  /** Column of the README's tables. */
  readonly published: string;
}

/** The language to translate from. */
export const CHINESE: Language = {
  code101: "zho_simpl",
  code200: "zho_Hans",
  english: "Chinese (Simpl)",
};

/** The languages to translate into, by task, in the order of the README. */
export const TARGETS: Readonly<Record<string, TargetLanguage>> = {
  "zh-en": {
    code101: "eng",
    code200: "eng_Latn",
    english: "English",
    title: { en: "Chinese to English", zh: "中译英" },
    published: "CN-EN",
  },
  "zh-fr": {
    code101: "fra",
    code200: "fra_Latn",
    english: "French",
    title: { en: "Chinese to French", zh: "中译法" },
    published: "CN-FR",
  },
  "zh-es": {
    code101: "spa",
    code200: "spa_Latn",
    english: "Spanish",
    title: { en: "Chinese to Spanish", zh: "中译西" },
    published: "CN-ES",
  },
  "zh-ar": {
    code101: "ara",
    code200: "arb_Arab",
    english: "Arabic",
    title: { en: "Chinese to Arabic", zh: "中译阿" },
    published: "CN-AR",
  },
  "zh-ru": {
    code101: "rus",
    code200: "rus_Cyrl",
    english: "Russian",
    title: { en: "Chinese to Russian", zh: "中译俄" },
    published: "CN-RU",
  },
  "zh-ja": {
    code101: "jpn",
    code200: "jpn_Jpan",
    english: "Japanese",
    title: { en: "Chinese to Japanese", zh: "中译日" },
    published: "CN-JP",
  },
  "zh-de": {
    code101: "deu",
    code200: "deu_Latn",
    english: "German",
    title: { en: "Chinese to German", zh: "中译德" },
    published: "CN-DE",
  },
};
