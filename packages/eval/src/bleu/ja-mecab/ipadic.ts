import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readCategories, type Category } from "./categories.ts";
import { DoubleArrayTrie } from "./double-array-trie.ts";

/** How a word goes with its neighbours. */
export interface WordEntry {
  /** Its class as seen from the word before it. */
  readonly leftId: number;
  /** Its class as seen from the word behind it. */
  readonly rightId: number;
  readonly cost: number;
}

/** A word that stands somewhere, with all that it may be. */
export interface DictionaryMatch {
  /** Where it ends. */
  readonly endByte: number;
  readonly entries: readonly WordEntry[];
}

/** Most bytes that a file of the dictionary may grow to: four times the largest. CWE-409. */
const MAX_UNPACKED_BYTES = 2 ** 26;

/**
 * IPADIC 2.7.0-20070801, MeCab's dictionary of Japanese, as the package kuromoji 0.1.2 has it in `dict/*.dat.gz`:
 *
 *     base, check       Int32[]: double array of the words' bytes; a leaf's base is -1 - word
 *     tid, unk          10 bytes an entry: Int16 left, Int16 right, Int16 cost, Int32 features
 *     tid_map, unk_map  Int32[]: count of words, then of each: word, count, offsets of its entries
 *     cc                Int16[]: rows, columns, then the cost of each pair (right of the first, left of the second)
 *     unk_char, unk_compat, unk_invoke: see categories.ts
 */
export class Ipadic {
  readonly #trie: DoubleArrayTrie;
  readonly #words: EntryTable;
  readonly #unknown: EntryTable;
  readonly #connections: Int16Array;
  readonly #columns: number;
  /** The rules for unknown words that begin with a character. */
  readonly categoryOf: (codePoint: number) => Category;

  /** @param folder - `dict` of the package. */
  constructor(folder: string) {
    const read = (name: string): ArrayBuffer => unpack(join(folder, `${name}.dat.gz`));
    this.#trie = new DoubleArrayTrie(new Int32Array(read("base")), new Int32Array(read("check")));
    this.#words = new EntryTable(read("tid_map"), read("tid"));
    this.#unknown = new EntryTable(read("unk_map"), read("unk"));
    this.#connections = new Int16Array(read("cc"));
    this.#columns = this.#connections[1] ?? 0;
    this.categoryOf = readCategories(
      new Uint8Array(read("unk_char")),
      new Uint32Array(read("unk_compat")),
      new Uint8Array(read("unk_invoke")),
    );
  }

  /** Words that begin at a byte of a text in UTF-8, the shortest first. */
  matchesAt(text: Uint8Array, start: number): DictionaryMatch[] {
    return this.#trie
      .prefixesAt(text, start)
      .map(({ endByte, value }) => ({ endByte, entries: this.#words.entriesOf(value) }));
  }

  /** What an unknown word of a category may be. */
  unknownEntries({ id }: Category): readonly WordEntry[] {
    return this.#unknown.entriesOf(id);
  }

  /** Cost of a word behind another. */
  connectionCost(first: Pick<WordEntry, "rightId">, second: Pick<WordEntry, "leftId">): number {
    return this.#connections[2 + first.rightId * this.#columns + second.leftId] ?? 0;
  }
}

/** Entries of words, or of categories of unknown words. */
class EntryTable {
  readonly #map: Int32Array;
  /** Of each word, where its count stands in the map. */
  readonly #places: Int32Array;
  readonly #entries: DataView;

  constructor(map: ArrayBuffer, entries: ArrayBuffer) {
    this.#entries = new DataView(entries);
    this.#map = new Int32Array(map);
    const count = this.#map[0] ?? 0;
    // Words are numbers below that of all entries.
    this.#places = new Int32Array(this.#map.length);
    let place = 1;
    for (let word = 0; word < count; word++) {
      this.#places[this.#map[place] ?? 0] = place + 1;
      place += 2 + (this.#map[place + 1] ?? 0);
    }
  }

  entriesOf(word: number): WordEntry[] {
    const place = this.#places[word];
    if (!place) return [];
    const offsets = this.#map.subarray(place + 1, place + 1 + (this.#map[place] ?? 0));
    return Array.from(offsets, (offset) => ({
      leftId: this.#entries.getInt16(offset, true),
      rightId: this.#entries.getInt16(offset + 2, true),
      cost: this.#entries.getInt16(offset + 4, true),
    }));
  }
}

function unpack(file: string): ArrayBuffer {
  const bytes = gunzipSync(readFileSync(file), { maxOutputLength: MAX_UNPACKED_BYTES });
  return new Uint8Array(bytes).buffer;
}
