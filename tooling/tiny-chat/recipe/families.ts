import { Draws } from "./draws.ts";
import type { Category, Exchange, Question } from "./question.ts";
import type { Families } from "./read-data.ts";

type Values = Readonly<Record<string, string | number>>;
type Templates = Readonly<Record<"seen" | "unseen", readonly (readonly [string, string])[]>>;

/** Lists whose median is asked for: so many of three numbers, so many of five. */
const LISTS = { three: 80, five: 40 };
/** Lists are drawn with it. */
const LIST_SEED = 7;

/** Sums to 12 + 12, differences from 15, products to 10 × 10. */
export function arithmetic({ sum, difference, product }: Families): Question[] {
  const facts = (from: number, to: number): [number, number][] =>
    range(from, to).flatMap((a) => range(from, to).map((b): [number, number] => [a, b]));
  const ask = (family: Families["sum"], a: number, b: number, c: number): Question =>
    question("arithmetic", withAnswer(family, family.answer), { a, b, c });
  return [
    ...facts(1, 12).map(([a, b]) => ask(sum, a, b, a + b)),
    ...facts(1, 15)
      .filter(([a, b]) => a >= b)
      .map(([a, b]) => ask(difference, a, b, a - b)),
    ...facts(1, 10).map(([a, b]) => ask(product, a, b, a * b)),
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

/** Medians of lists of different numbers. */
export function medians({ median }: Families): Question[] {
  const draws = new Draws(LIST_SEED, 0);
  const lists = [
    ...Array.from({ length: LISTS.three }, () => draws.shuffled(range(1, 20)).slice(0, 3)),
    ...Array.from({ length: LISTS.five }, () => draws.shuffled(range(1, 9)).slice(0, 5)),
  ];
  return lists.map((list) => {
    const sorted = list.toSorted((a, b) => a - b);
    return question("median", median, {
      list: list.join(", "),
      sorted: sorted.join(", "),
      median: sorted[(sorted.length - 1) / 2] ?? 0,
    });
  });
}

/** Chickens and rabbits in a cage: all with up to 12 heads, and the one of the old book. */
export function cages({ cage }: Families): Question[] {
  const small = range(2, 12).flatMap((heads) =>
    range(1, heads - 1).map((rabbits): [number, number] => [heads, rabbits]),
  );
  return [...small, [35, 12] as const].map(([heads, rabbits]) =>
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
