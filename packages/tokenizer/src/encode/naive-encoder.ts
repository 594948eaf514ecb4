import { PieceType } from "../model-file/sentencepiece-model.ts";
import type { Vocabulary } from "../vocabulary.ts";
import type { Encoder } from "./encoder.ts";

interface Symbol {
  readonly text: string;
  /** A user-defined piece: never merged. */
  readonly frozen: boolean;
}

/**
 * SentencePiece's byte-pair encoding in plain words and O(n²): the reference that `BpeEncoder` is tested
 * against. Spaces become `▁`; user-defined pieces are cut out, the longest at each place first; of the
 * rest, characters at first, the two neighbours whose join is the normal piece of the highest score are
 * joined, the leftmost of equals, until no join is a piece; what is no piece is spelled in bytes.
 */
export class NaiveEncoder implements Encoder {
  readonly #vocabulary: Vocabulary;
  /** Normal pieces only: the ones that joining can make. */
  readonly #idOfNormal = new Map<string, number>();

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    for (let id = 0; id < vocabulary.size; id++)
      if (vocabulary.typeOf(id) === PieceType.normal)
        this.#idOfNormal.set(vocabulary.piece(id), id);
  }

  encode(tokenIds: number[], text: string, parseMarkers: boolean): void {
    if (text === "") return;
    const { model, userDefined, specialTokens } = this.#vocabulary;
    const escaped = (model.normalizer.addDummyPrefix ? "▁" : "") + text.replaceAll(" ", "▁");
    const literals = [...userDefined.keys()]
      .filter((piece) => parseMarkers || !specialTokens.has(piece))
      .toSorted((a, b) => b.length - a.length);
    const symbols = split(escaped, literals);
    for (let best = this.#bestPair(symbols); best >= 0; best = this.#bestPair(symbols)) {
      const join = (symbols[best]?.text ?? "") + (symbols[best + 1]?.text ?? "");
      symbols.splice(best, 2, { text: join, frozen: false });
    }
    for (const symbol of symbols) tokenIds.push(...this.#idsOf(symbol));
  }

  /** Index of the left one of the pair to join next; -1 if there is none. */
  #bestPair(symbols: readonly Symbol[]): number {
    let best = -1;
    let bestScore = -Infinity;
    symbols.forEach((right, i) => {
      const left = symbols[i - 1];
      if (!left || left.frozen || right.frozen) return;
      const id = this.#idOfNormal.get(left.text + right.text);
      const score = id === undefined ? -Infinity : (this.#vocabulary.model.pieces.scores[id] ?? 0);
      if (score > bestScore) {
        best = i - 1;
        bestScore = score;
      }
    });
    return best;
  }

  #idsOf({ text, frozen }: Symbol): readonly number[] {
    const id = frozen ? this.#vocabulary.userDefined.get(text) : this.#idOfNormal.get(text);
    if (id !== undefined) return [id];
    const bytes = new TextEncoder().encode(text);
    return Array.from(bytes, (byte) => this.#vocabulary.byteTokenIds[byte] ?? 0);
  }
}

function split(text: string, literalsLongestFirst: readonly string[]): Symbol[] {
  const symbols: Symbol[] = [];
  for (let i = 0; i < text.length;) {
    const literal = literalsLongestFirst.find((candidate) => text.startsWith(candidate, i));
    const symbol = literal ?? String.fromCodePoint(text.codePointAt(i) ?? 0);
    symbols.push({ text: symbol, frozen: literal !== undefined });
    i += symbol.length;
  }
  return symbols;
}
