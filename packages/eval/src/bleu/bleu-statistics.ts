import { BleuError } from "./bleu-error.ts";

/** Longest word sequence that counts. */
export const MAX_ORDER = 4;

/**
 * What BLEU is computed of: words of the hypothesis, words of the reference that is nearest in length, then for sequences
 * of 1 to 4 words how many match, then how many there are. Those of sentences add up to those of a corpus.
 */
export type BleuStatistics = readonly number[];

/** Statistics of no sentence. */
const NOTHING: BleuStatistics = Array.from({ length: 2 + 2 * MAX_ORDER }, () => 0);

/** Statistics of sentences together. */
export function sumStatistics(all: readonly BleuStatistics[]): BleuStatistics {
  const total = [...NOTHING];
  for (const one of all)
    one.forEach((value, index) => (total[index] = (total[index] ?? 0) + value));
  return total;
}

/** A sequence of words, as a place in a tree whose branches are words. */
interface WordSequence {
  /** How often it stands in the reference that has it most often. */
  most: number;
  /** How often it was found in the reference or hypothesis that is being read. */
  found: number;
  readonly next: Map<string, WordSequence>;
}

/**
 * Statistics of a sentence; time and memory are proportional to its words and those of its references.
 *
 * @param hypothesis - Words.
 * @param references - Words of each reference.
 * @throws {BleuError} if there is no reference.
 * @see sacrebleu/metrics/bleu.py `_compute_segment_statistics` at 2.6.0
 */
export function bleuStatistics(
  hypothesis: readonly string[],
  references: readonly (readonly string[])[],
): BleuStatistics {
  const root: WordSequence = { most: 0, found: 0, next: new Map() };
  for (const words of references) addReference(root, words);
  forget(root);
  const orders = Array.from({ length: MAX_ORDER }, (_, index) => index + 1);
  const matches = orders.map(() => 0);
  visit(root, hypothesis, (sequence, order) => {
    if (sequence.found < sequence.most) matches[order - 1] = (matches[order - 1] ?? 0) + 1;
    sequence.found++;
  });
  const { length } = hypothesis;
  const totals = orders.map((order) => Math.max(0, length - order + 1));
  return [length, nearestLength(length, references), ...matches, ...totals];
}

function addReference(root: WordSequence, words: readonly string[]): void {
  forget(root);
  const grow = (parent: WordSequence, word: string): WordSequence => {
    const grown: WordSequence = { most: 0, found: 0, next: new Map() };
    parent.next.set(word, grown);
    return grown;
  };
  visit(
    root,
    words,
    (sequence) => {
      sequence.found++;
      sequence.most = Math.max(sequence.most, sequence.found);
    },
    grow,
  );
}

/** Calls back for each sequence of up to 4 words that the tree has, or that `grow` gives it. */
function visit(
  root: WordSequence,
  words: readonly string[],
  onSequence: (sequence: WordSequence, order: number) => void,
  grow?: (parent: WordSequence, word: string) => WordSequence,
): void {
  for (let start = 0; start < words.length; start++) {
    let sequence = root;
    for (let order = 1; order <= MAX_ORDER; order++) {
      const word = words[start + order - 1];
      if (word === undefined) break;
      const longer = sequence.next.get(word) ?? grow?.(sequence, word);
      if (!longer) break;
      onSequence(longer, order);
      sequence = longer;
    }
  }
}

function forget(sequence: WordSequence): void {
  sequence.found = 0;
  for (const longer of sequence.next.values()) forget(longer);
}

/** The shorter of two that are equally near. */
function nearestLength(length: number, references: readonly (readonly string[])[]): number {
  const [nearest] = references
    .map((words) => words.length)
    .toSorted((a, b) => Math.abs(a - length) - Math.abs(b - length) || a - b);
  if (nearest !== undefined) return nearest;
  throw new BleuError({ where: "bleuStatistics", expected: "a reference", actual: "none" });
}
