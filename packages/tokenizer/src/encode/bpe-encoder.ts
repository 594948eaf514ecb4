/**
 * SentencePiece's byte-pair encoding, exactly and fast. `NaiveEncoder` is the same in plain words.
 *
 *     text ── spaces to ▁, dummy prefix ──> UTF-16 units
 *          ── cut out user-defined pieces ──> their ids, frozen
 *          ── cut where no piece reaches across (adjacency.ts) ──> short segments
 *          ── merge the best pair until none is left (merge-short.ts, merge-long.ts) ──> ids
 *
 * @see https://github.com/google/sentencepiece/blob/v0.1.97/src/bpe_model.cc
 */
import type { Vocabulary } from "../vocabulary.ts";
import { Adjacency } from "./adjacency.ts";
import type { Encoder } from "./encoder.ts";
import { LiteralTrie } from "./literal-trie.ts";
import { LongMerge } from "./merge-long.ts";
import { SHORT_SYMBOLS, ShortMerge } from "./merge-short.ts";
import { Merges } from "./merges.ts";

const SPACE = 0x20;

/** `▁` U+2581, which stands for a space in pieces. */
const ESCAPED_SPACE = 0x2581;

/** Texts up to this many code units share one buffer; larger ones get their own, which is then released. */
const SHARED_UNITS = 2 ** 16;

export class BpeEncoder implements Encoder {
  readonly #merges: Merges;
  readonly #adjacency: Adjacency;
  readonly #shortMerge: ShortMerge;
  /** All user-defined pieces, and all but the markers. */
  readonly #allLiterals: LiteralTrie;
  readonly #textLiterals: LiteralTrie;
  readonly #addDummyPrefix: boolean;
  readonly #sharedUnits = new Uint16Array(SHARED_UNITS + 1);

  /** @param merges - Of this vocabulary; ranking its scores is a good part of the work. */
  constructor(vocabulary: Vocabulary, merges = new Merges(vocabulary)) {
    this.#merges = merges;
    this.#adjacency = new Adjacency(vocabulary.model.pieces);
    this.#shortMerge = new ShortMerge(this.#merges);
    const { userDefined, specialTokens } = vocabulary;
    this.#allLiterals = new LiteralTrie(userDefined);
    this.#textLiterals = new LiteralTrie(
      [...userDefined].filter(([piece]) => !specialTokens.has(piece)),
    );
    this.#addDummyPrefix = vocabulary.model.normalizer.addDummyPrefix;
  }

  encode(tokenIds: number[], text: string, parseMarkers: boolean): void {
    if (text === "") return;
    const units =
      text.length <= SHARED_UNITS ? this.#sharedUnits : new Uint16Array(text.length + 1);
    const end = this.#escape(units, text);
    this.#encodeUnits(tokenIds, units, end, parseMarkers ? this.#allLiterals : this.#textLiterals);
  }

  /** Returns the number of units written. */
  #escape(units: Uint16Array, text: string): number {
    let end = 0;
    if (this.#addDummyPrefix) units[end++] = ESCAPED_SPACE;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      units[end++] = unit === SPACE ? ESCAPED_SPACE : unit;
    }
    return end;
  }

  #encodeUnits(tokenIds: number[], units: Uint16Array, end: number, literals: LiteralTrie): void {
    const adjacency = this.#adjacency;
    let start = 0;
    let characters = 0;
    for (let i = 0; i < end;) {
      const unit = units[i] as number;
      const literalId = literals.canBegin(unit) ? literals.match(units, i, end) : -1;
      if (literalId >= 0) {
        this.#encodeSegment(tokenIds, units, start, i, characters);
        tokenIds.push(literalId);
        i += literals.matchLength;
        start = i;
        characters = 0;
        continue;
      }
      if (i > start && !adjacency.has(units[i - 1] as number, unit)) {
        this.#encodeSegment(tokenIds, units, start, i, characters);
        start = i;
        characters = 0;
      }
      i += unit >= 0xd800 && unit < 0xdc00 ? 2 : 1;
      characters++;
    }
    this.#encodeSegment(tokenIds, units, start, end, characters);
  }

  #encodeSegment(
    tokenIds: number[],
    units: Uint16Array,
    from: number,
    to: number,
    characters: number,
  ): void {
    if (characters === 1) this.#merges.pushCharacter(tokenIds, units, from, to - from);
    else if (characters === 0) return;
    else if (characters <= SHORT_SYMBOLS) this.#shortMerge.encode(tokenIds, units, from, to);
    else new LongMerge(this.#merges, units, from, to, characters).encode(tokenIds);
  }
}
