import type { Category } from "./categories.ts";
import type { Ipadic, WordEntry } from "./ipadic.ts";

/** A word at a place, with the cheapest way to it. */
interface Node extends WordEntry {
  /** Characters; white space before a word is not part of it. */
  readonly start: number;
  readonly end: number;
  /** Cost of the way. */
  readonly total: number;
  readonly previous: Node | undefined;
}

/** A word that may stand at a place. */
type Candidate = Pick<Node, "start" | "end" | keyof WordEntry>;

/** A text in characters, as far as MeCab asks about it. */
interface Characters {
  readonly characters: readonly string[];
  readonly categories: readonly Category[];
  /** Of each character, where those of its kind behind it end. */
  readonly groupEnds: readonly number[];
  readonly bytes: Uint8Array;
  /** Where each character begins; one more for the end. */
  readonly startBytes: readonly number[];
  /** Character that begins at a byte. */
  readonly atByte: ReadonlyMap<number, number>;
}

/** Longest group of characters that is taken for one unknown word, without its first. */
const MAX_GROUPING_SIZE = 24;

/** Begins and ends each text. */
const BOUNDARY: WordEntry = { leftId: 0, rightId: 0, cost: 0 };

/**
 * Words of a text: of all ways to cut it into words of the dictionary and unknown ones, the one whose words and pairs of
 * neighbours cost least. Time and memory are proportional to the text.
 *
 * Candidates, and those of equal cost, come in MeCab's order, so that its words come out.
 *
 * @see Kudo et al. 2004, Applying Conditional Random Fields to Japanese Morphological Analysis
 * @see mecab/src/tokenizer.cpp `lookup`, mecab/src/viterbi.cpp `connect` at 0.996
 */
export function segment(text: string, ipadic: Ipadic): string[] {
  const read = readCharacters(text, ipadic);
  const { characters } = read;
  let last: Node[] = [{ ...BOUNDARY, start: 0, end: 0, total: 0, previous: undefined }];
  const ending: (Node[] | undefined)[] = [last];
  for (let place = 0; place < characters.length; place++) {
    const before = ending[place];
    if (!before) continue;
    last = before;
    // The latest candidate is the first in MeCab's lists.
    for (const candidate of candidatesAt(place, read, ipadic).toReversed())
      (ending[candidate.end] ??= []).push(cheapest(candidate, before, ipadic));
  }
  const end = { ...BOUNDARY, start: characters.length, end: characters.length };
  const way = cheapest(end, ending[characters.length] ?? last, ipadic);
  return wordsOf(way.previous, characters);
}

function wordsOf(last: Node | undefined, characters: readonly string[]): string[] {
  const words: string[] = [];
  for (let node = last; node?.previous; node = node.previous)
    words.push(characters.slice(node.start, node.end).join(""));
  return words.toReversed();
}

/** A candidate behind that of the nodes before it where it costs least; the latest of those that are equal. */
function cheapest(candidate: Candidate, before: readonly Node[], ipadic: Ipadic): Node {
  let total = Number.POSITIVE_INFINITY;
  let previous: Node | undefined;
  for (let index = before.length - 1; index >= 0; index--) {
    const node = before[index] as Node;
    const cost = node.total + ipadic.connectionCost(node, candidate) + candidate.cost;
    if (cost >= total) continue;
    total = cost;
    previous = node;
  }
  return { ...candidate, total, previous };
}

function candidatesAt(place: number, read: Characters, ipadic: Ipadic): Candidate[] {
  const { categories, bytes, startBytes, atByte } = read;
  let start = place;
  while (categories[start]?.isSpace) start++;
  const category = categories[start];
  if (!category) return [];
  const known = ipadic.matchesAt(bytes, startBytes[start] ?? 0).flatMap(({ endByte, entries }) => {
    const end = atByte.get(endByte) ?? start;
    return entries.map((entry) => ({ ...entry, start, end }));
  });
  if (known.length > 0 && !category.isAlwaysTried) return known;
  const entries = ipadic.unknownEntries(category);
  const ends = unknownEnds(start, category, read);
  if (known.length === 0 && ends.length === 0) ends.push(start + 1);
  return [...known, ...ends.flatMap((end) => entries.map((entry) => ({ ...entry, start, end })))];
}

/** Where unknown words that begin at a character may end. */
function unknownEnds(start: number, category: Category, read: Characters): number[] {
  const { categories, groupEnds } = read;
  const ends: number[] = [];
  const groupEnd = category.isGrouped ? (groupEnds[start] ?? start) : start;
  if (category.isGrouped && groupEnd - start - 1 <= MAX_GROUPING_SIZE) ends.push(groupEnd);
  let end = start + 1;
  for (let length = 1; length <= category.maxLength && end <= categories.length; length++) {
    if (end === groupEnd) continue;
    ends.push(end);
    if (!isOfKind(category, categories[end])) break;
    end++;
  }
  return ends;
}

function isOfKind(category: Category, other: Category | undefined): boolean {
  return other !== undefined && (category.kinds & other.kinds) !== 0;
}

function readCharacters(text: string, ipadic: Ipadic): Characters {
  const characters = [...text.toWellFormed()];
  const categories = characters.map((one) => ipadic.categoryOf(one.codePointAt(0) ?? 0));
  const groupEnds = categories.map((_, index) => index + 1);
  for (let index = categories.length - 2; index >= 0; index--)
    if (isOfKind(categories[index] as Category, categories[index + 1]))
      groupEnds[index] = groupEnds[index + 1] ?? 0;
  const startBytes = [0];
  for (const one of characters) startBytes.push((startBytes.at(-1) ?? 0) + Buffer.byteLength(one));
  const atByte = new Map(startBytes.map((byte, index) => [byte, index]));
  return {
    characters,
    categories,
    groupEnds,
    startBytes,
    atByte,
    bytes: Buffer.from(characters.join("")),
  };
}
