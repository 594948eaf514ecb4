import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../../tooling/tiny-chat/data/questions/", import.meta.url);

/** What the bundled model was taught, in all its wordings. */
export const questions: readonly string[] = readdirSync(FOLDER)
  .sort()
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as Taught[])
  .flatMap(({ seen }) => seen);

interface Taught {
  readonly seen: readonly string[];
}

/** A number of questions, from one on: 7,919 is prime, so neighbours have little in common. */
export function questionAt(index: number): string {
  return questions[(index * 7919) % questions.length] ?? "";
}
