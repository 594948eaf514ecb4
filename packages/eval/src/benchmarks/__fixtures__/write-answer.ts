import type { RecipeName } from "../../benchmark.ts";
import type { PlantedSample } from "../../__fixtures__/planted-model.ts";

/** Writes a right answer so that a recipe's scorer finds it, as its examples show. */
type Write = (gold: string, recipe: RecipeName, sample: PlantedSample) => string;

const WRITERS: Readonly<Record<string, Write>> = {
  gaokao: (gold, recipe) => (recipe === "official" ? `【答案】 ${gold} <eoa>` : gold),
  agieval: (gold, recipe, { planned: { task } }) => {
    if (recipe !== "official") return gold;
    return /zh|gaokao|jec/.test(task) ? `答案是 ${gold}` : `The answer is therefore ${gold}`;
  },
  bbh: (gold) => `So the answer is ${/^[A-Z]$/.test(gold) ? `(${gold})` : gold}.`,
  gsm8k: (gold) => `The answer is ${gold}\n#### ${gold}`,
  math: (gold, recipe) =>
    recipe === "official"
      ? gold
      : `Final Answer: The final answer is $${gold}$. I hope it is correct.`,
  humaneval: (gold, recipe, { planned: { sample } }) =>
    recipe === "opencompass-head"
      ? `\`\`\`python\n${sample.question}${gold}\`\`\``
      : gold.replaceAll(/\n\s*\n/g, "\n"), // OpenCompass of 2023 cuts a solution at its first blank line
  mbpp: (gold, recipe) => (recipe.startsWith("official") || recipe === "lm-eval" ? gold : `${gold}\n[DONE]`),
};

/** The right answer of a sample, written for a recipe. */
export function writeAnswer(sample: PlantedSample, recipe: RecipeName): string {
  const write = WRITERS[sample.planned.benchmark];
  return write ? write(sample.gold, recipe, sample) : sample.gold;
}

type Is = (gold: string) => boolean;

const isNegative: Is = (gold) => gold.startsWith("-");
const isDecimal: Is = (gold) => gold.includes(".");
const isRewritten: Is = (gold) => isDecimal(gold) || /\\text\{[^ ]|\{,\}/.test(gold);

/** Right answers that the original scorers call wrong however they are written, by `<benchmark>/<recipe>`. */
const UNREADABLE: Readonly<Record<string, Is>> = {
  "gsm8k/readme": isNegative, // digits alone are read
  "gsm8k/opencompass": isNegative,
  "math/readme": isRewritten, // cut at ".", and rewritten where the right answer is not
  "math/opencompass": isRewritten,
  "math/opencompass-head": isDecimal,
  "agieval/official": (gold) => gold === "", // a row that has no right answer
};

/** Whether a recipe's scorer finds the right answer of a sample in no text. */
export function isUnreadable({ planned, gold }: PlantedSample, recipe: RecipeName): boolean {
  return UNREADABLE[`${planned.benchmark}/${recipe}`]?.(gold) ?? false;
}
