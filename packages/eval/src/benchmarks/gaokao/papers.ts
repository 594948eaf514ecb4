import type { Title } from "../../benchmark.ts";

/** A file of objective questions. */
export interface GaokaoPaper {
  readonly title: Title;
  /** How an exam is named in the header of a prompt; undefined: none of its rows has one answer. */
  readonly subject?: string;
  readonly rows: number;
  /** Hash of the published file; undefined: none was seen. */
  readonly sha256?: string;
}

/** The objective questions of GAOKAO-Bench, by the names of their files. */
export const GAOKAO_PAPERS: Readonly<Record<string, GaokaoPaper>> = {
  "2010-2022_Math_I_MCQs": {
    title: { en: "Mathematics I", zh: "数学（理科）" },
    subject: "高考数学",
    rows: 214,
    sha256: "e1d80fb7e6f1b614edeadf6c9007c3ea0e47540b9c6b41ac68bb414ea39fed4c",
  },
  "2010-2022_Math_II_MCQs": {
    title: { en: "Mathematics II", zh: "数学（文科）" },
    subject: "高考数学",
    rows: 218,
  },
  "2010-2022_History_MCQs": {
    title: { en: "History", zh: "历史" },
    subject: "高考历史",
    rows: 287,
  },
  "2010-2022_Biology_MCQs": {
    title: { en: "Biology", zh: "生物" },
    subject: "高考生物",
    rows: 150,
    sha256: "acdef3dd5b47ab76d27032b5be60bbf0dc7bb6080b34f46a2eff76c226e4974a",
  },
  "2010-2022_Political_Science_MCQs": {
    title: { en: "Political science", zh: "政治" },
    subject: "高考政治",
    rows: 320,
    sha256: "aab7ab67f5bd94a796a8d80c0e3f994fce2a6bfe8893d07835fa9ef34ede32bd",
  },
  "2010-2022_Physics_MCQs": {
    title: { en: "Physics", zh: "物理" },
    subject: "高考物理",
    rows: 64,
  },
  "2010-2022_Chemistry_MCQs": {
    title: { en: "Chemistry", zh: "化学" },
    subject: "高考化学",
    rows: 124,
  },
  "2010-2013_English_MCQs": {
    title: { en: "English", zh: "英语单项选择" },
    subject: "高考英语",
    rows: 105,
    sha256: "126fb62dd4123c53fadbfcd950498c5710f1f21ea1d8f5b16c1d0c59efea4225",
  },
  "2010-2022_Chinese_Lang_and_Usage_MCQs": {
    title: { en: "Chinese language", zh: "语文语言文字运用" },
    subject: "高考语文",
    rows: 56,
    sha256: "83bf5c5ea189948e61797d4b4fb9b3be08713467cfbe2d10e78251e82066f278",
  },
  "2010-2022_Geography_MCQs": {
    title: { en: "Geography", zh: "地理" },
    rows: 34,
    sha256: "cd69dc502f5e0c96b94d5d67b5f8a2811a799a18b0ba3fd16da6a15e964b7d03",
  },
  "2010-2022_Chinese_Modern_Lit": {
    title: { en: "Modern Chinese literature", zh: "语文现代文阅读" },
    rows: 29,
  },
  "2010-2022_English_Reading_Comp": {
    title: { en: "English reading", zh: "英语阅读理解" },
    rows: 124,
  },
  "2010-2022_English_Fill_in_Blanks": {
    title: { en: "English, blanks", zh: "英语完形填空" },
    rows: 30,
  },
  "2012-2022_English_Cloze_Test": {
    title: { en: "English, sentences left out", zh: "英语七选五" },
    rows: 26,
  },
};
