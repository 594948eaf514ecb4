import { Draws } from "./draws.ts";
import type { Category, Exchange, Question } from "./question.ts";
import type { Families } from "./read-data.ts";

type Values = Readonly<Record<string, string | number>>;
type Templates = Readonly<Record<"seen" | "unseen", readonly (readonly [string, string])[]>>;

/** Orders of lists and numbers of rabbits are drawn with it. */
const SEED = 7;

/** Sums to 9 + 9, differences from 9, products to 6 × 6: more does not settle in so small a model in so short a training. */
export function arithmetic({ sum, difference, product }: Families): Question[] {
  const facts = (from: number, to: number): [number, number][] =>
    range(from, to).flatMap((a) => range(from, to).map((b): [number, number] => [a, b]));
  const ask = (family: Families["sum"], a: number, b: number, c: number): Question =>
    question("arithmetic", withAnswer(family, family.answer), { a, b, c });
  return [
    ...facts(1, 9).map(([a, b]) => ask(sum, a, b, a + b)),
    ...facts(1, 9)
      .filter(([a, b]) => a >= b)
      .map(([a, b]) => ask(difference, a, b, a - b)),
    ...facts(1, 6).map(([a, b]) => ask(product, a, b, a * b)),
  ];
}

/** Each sentence in both directions. */
export function translations(
  { toEnglish, toChinese }: Families,
  sentences: readonly (readonly [string, string])[],
): Question[] {
  return sentences.flatMap(([chinese, english]) => [
    question("translation", withAnswer(toEnglish, english), { text: chinese }),
    question("translation", withAnswer(toChinese, chinese), { text: english }),
  ]);
}

/** Medians of three different digits: all such sets, each in one order. */
export function medians({ median }: Families): Question[] {
  const draws = new Draws(SEED, 0);
  const sets = range(1, 9).flatMap((low) =>
    range(low + 1, 9).flatMap((middle) => range(middle + 1, 9).map((high) => [low, middle, high])),
  );
  return sets.map((sorted) =>
    question("median", median, {
      list: draws.shuffled(sorted).join(", "),
      sorted: sorted.join(", "),
      median: sorted[1] ?? 0,
    }),
  );
}

/** Chickens and rabbits in a cage: one puzzle for each number of heads from 3 to 20, and the one of the old book. */
export function cages({ cage }: Families): Question[] {
  const draws = new Draws(SEED, 1);
  const puzzles = range(3, 20).map((heads) => [heads, draws.integer(1, heads - 1)] as const);
  return [...puzzles, [35, 12] as const].map(([heads, rabbits]) =>
    question("cage", cage, {
      heads,
      legs: 2 * heads + 2 * rabbits,
      chickens: heads - rabbits,
      rabbits,
    }),
  );
}

function withAnswer(
  { seen, unseen }: Readonly<Record<"seen" | "unseen", readonly string[]>>,
  answer: string,
): Templates {
  const pair = (text: string): readonly [string, string] => [text, answer];
  return { seen: seen.map(pair), unseen: unseen.map(pair) };
}

function question(category: Category, { seen, unseen }: Templates, values: Values): Question {
  const fillBoth = ([text, answer]: readonly [string, string]): Exchange => ({
    question: fill(text, values),
    answer: fill(answer, values),
  });
  return { category, seen: seen.map(fillBoth), unseen: unseen.map(fillBoth) };
}

/** Puts values in the place of their names in braces. */
function fill(template: string, values: Values): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
