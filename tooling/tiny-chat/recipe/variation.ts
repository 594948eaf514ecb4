import type { Draws } from "./draws.ts";

/** Share of training questions that are varied at all. */
const VARIED = 0.5;

const openings = {
  zh: ["请问", "请问，", "你好，", "请告诉我，", "我想知道，", "那么，", "好的，", "嗯，"],
  en: ["Please: ", "Hi, ", "Hello, ", "Tell me, ", "So, ", "Ok, ", "And ", "I wonder: "],
};
const endings = { zh: ["？", "?", "。", "", "呢？", "！"], en: ["?", ".", "", "!", " please"] };

/** The same question as a hurried or polite user would type it: other case, punctuation, a word before it. */
export function varied(question: string, draws: Draws): string {
  if (draws.next() >= VARIED) return question;
  const language = /\p{Script=Han}/u.test(question) ? "zh" : "en";
  let text = question;
  if (draws.next() < 0.5) text = text.replace(/[?？。.！!]$/u, "") + draws.pick(endings[language]);
  if (language === "en" && draws.next() < 0.4) text = text.toLowerCase();
  if (draws.next() < 0.4) text = draws.pick(openings[language]) + text;
  return text;
}
