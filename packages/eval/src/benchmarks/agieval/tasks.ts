import type { Title } from "../../benchmark.ts";

/** How a task is asked and scored. */
export interface AgievalTask {
  readonly title: Title;
  readonly language: "en" | "zh";
  /** One letter, one or more letters, or a result of mathematics. */
  readonly answer: "letter" | "letters" | "result";
  /** Options of a question; 0: none. */
  readonly options: 0 | 4 | 5;
  /** How an exam is named in the header of a prompt. */
  readonly subject: string;
  /** Rows of the published file. */
  readonly rows: number;
  /** Hash of the published file; undefined: none was seen whole. */
  readonly sha256?: string;
  /** Column of the table of examples. Default: the task's name. */
  readonly examples?: string;
  /** Examples come without their passages. */
  readonly isWithoutPassage?: boolean;
}

const zh = { language: "zh", answer: "letter", options: 4 } as const;
const en = { language: "en", answer: "letter", options: 4 } as const;

/**
 * The tasks of AGIEval v1: 20 of its paper, and one of them without its passages.
 *
 * @see AGIEval src/dataset_loader.py at 5c77d07
 */
export const AGIEVAL_TASKS: Readonly<Record<string, AgievalTask>> = {
  "gaokao-chinese": {
    ...zh,
    title: { en: "Gaokao Chinese", zh: "高考语文" },
    subject: "高考语文",
    rows: 246,
  },
  "gaokao-english": {
    ...en,
    title: { en: "Gaokao English", zh: "高考英语" },
    subject: "Gaokao English",
    rows: 306,
  },
  "gaokao-geography": {
    ...zh,
    title: { en: "Gaokao geography", zh: "高考地理" },
    subject: "高考地理",
    rows: 199,
    sha256: "1170cb39171d6dfc35bd52a52505e5a120cf400abc697f282d0739db6181713b",
  },
  "gaokao-history": {
    ...zh,
    title: { en: "Gaokao history", zh: "高考历史" },
    subject: "高考历史",
    rows: 235,
  },
  "gaokao-biology": {
    ...zh,
    title: { en: "Gaokao biology", zh: "高考生物" },
    subject: "高考生物",
    rows: 210,
    sha256: "198fd16479ae8640403d6332e986370a66df91c6bdafbc5edc6d6348664af25c",
  },
  "gaokao-chemistry": {
    ...zh,
    title: { en: "Gaokao chemistry", zh: "高考化学" },
    subject: "高考化学",
    rows: 207,
  },
  "gaokao-physics": {
    ...zh,
    answer: "letters",
    title: { en: "Gaokao physics", zh: "高考物理" },
    subject: "高考物理",
    rows: 200,
    sha256: "a8cbc26d9edce4a280c5ffd9d026c5a6ca1eb6a9d801f04283861e69b3318fd5",
  },
  "gaokao-mathqa": {
    ...zh,
    title: { en: "Gaokao mathematics, with options", zh: "高考数学选择题" },
    subject: "高考数学",
    rows: 351,
    sha256: "d246f12752d121289ef55cbf1bcf954243cefb65d110f71d09358e24065c808f",
  },
  "gaokao-mathcloze": {
    language: "zh",
    answer: "result",
    options: 0,
    title: { en: "Gaokao mathematics, without options", zh: "高考数学填空题" },
    subject: "高考数学",
    rows: 118,
    sha256: "088675c147794970a3ed25c7147a3bbc59715d6813837d5f483f46dcb1b5008d",
  },
  "jec-qa-kd": {
    ...zh,
    answer: "letters",
    title: { en: "JEC-QA, knowledge", zh: "JEC-QA 概念理解题" },
    subject: "国家司法",
    rows: 1000,
  },
  "jec-qa-ca": {
    ...zh,
    answer: "letters",
    title: { en: "JEC-QA, case analysis", zh: "JEC-QA 情景分析题" },
    subject: "国家司法",
    rows: 1000,
  },
  "logiqa-zh": {
    ...zh,
    title: { en: "LogiQA in Chinese", zh: "LogiQA 中文" },
    subject: "公务员",
    rows: 651,
    sha256: "bae5d51cd3510995d417819e75c89245988dbabeeb3830aa23f6309142f2ffae",
  },
  "logiqa-en": {
    ...en,
    title: { en: "LogiQA in English", zh: "LogiQA 英文" },
    subject: "logical reasoning",
    rows: 651,
  },
  "sat-math": {
    ...en,
    title: { en: "SAT mathematics", zh: "SAT 数学" },
    subject: "SAT mathematics",
    rows: 220,
    sha256: "9cde4c0522b6196852a5562db6e72bf8817b4802822db0fc10013d1becdab3c3",
  },
  "sat-en": {
    ...en,
    title: { en: "SAT English", zh: "SAT 英语" },
    subject: "SAT English",
    rows: 206,
  },
  "sat-en-without-passage": {
    ...en,
    title: { en: "SAT English without passages", zh: "SAT 英语（无文章）" },
    subject: "SAT English",
    rows: 206,
    examples: "sat-en",
    isWithoutPassage: true,
  },
  "lsat-ar": {
    ...en,
    options: 5,
    title: { en: "LSAT analytical reasoning", zh: "LSAT 分析推理" },
    subject: "LSAT analytical reasoning",
    rows: 230,
  },
  "lsat-lr": {
    ...en,
    options: 5,
    title: { en: "LSAT logical reasoning", zh: "LSAT 逻辑推理" },
    subject: "LSAT logical reasoning",
    rows: 510,
  },
  "lsat-rc": {
    ...en,
    options: 5,
    title: { en: "LSAT reading comprehension", zh: "LSAT 阅读理解" },
    subject: "LSAT reading comprehension",
    rows: 269,
  },
  "aqua-rat": {
    ...en,
    options: 5,
    title: { en: "AQuA-RAT", zh: "AQuA-RAT" },
    subject: "GMAT and GRE mathematics",
    rows: 254,
    sha256: "cff42e946e6082dacb27285dae19cb4be98408ab760fe43c6c462e543be50572",
  },
  math: {
    language: "en",
    answer: "result",
    options: 0,
    title: { en: "MATH", zh: "MATH" },
    subject: "mathematics",
    rows: 1000,
  },
};

/** Columns of the table of examples; the first says what a row is. */
export const EXAMPLE_COLUMNS: readonly string[] = [
  "",
  "lsat-ar",
  "lsat-lr",
  "lsat-rc",
  "logiqa-en",
  "logiqa-zh",
  "jec-qa-kd",
  "jec-qa-ca",
  "sat-math",
  "sat-en",
  "gaokao-chinese",
  "gaokao-geography",
  "gaokao-history",
  "gaokao-biology",
  "gaokao-chemistry",
  "gaokao-physics",
  "gaokao-english",
  "gaokao-mathqa",
  "gaokao-mathcloze",
  "aqua-rat",
  "math",
];
