import type { Automaton } from "./automaton/automaton.ts";
import type { ReadingSet } from "./automaton/frame.ts";
import { Reader } from "./automaton/reader.ts";
import { MAX_KEPT_MASKS } from "./limits.ts";
import type { PieceTrie } from "./piece-trie.ts";
import { ResponseFormatError } from "./response-format-error.ts";
import { ShortestCompletion } from "./shortest-completion.ts";
import { applyTokenMask, makeTokenMask, type TokenMask } from "./token-mask.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A compiled response format; its states share what they learn about it. */
export interface Grammar {
  /** Nothing has been written yet. */
  start(): GrammarState;
}

/** How far a text has come. */
export interface GrammarState {
  /**
   * Sets the score of every id that may not come next to -Infinity; stop ids stay where the text may end here. At least one
   * id stays.
   *
   * @param scores - Shape `[V]`.
   * @param tokensLeft - Tokens that may still be written, the next one included and the stop token not. Given, only tokens
   * stay after which the text can be finished within the rest; where it cannot (`shortestEnd` is above `tokensLeft` already),
   * those that bring the end nearer.
   * @throws {ResponseFormatError} if `scores` is not of the vocabulary's size.
   */
  apply(scores: Float32Array, tokensLeft?: number): void;
  /** @throws {ResponseFormatError} if the id is not allowed here; the state stays as it was. */
  accept(tokenId: number): void;
  /** Nothing but an end may follow. */
  readonly isFinished: boolean;
  /** The text may end here. */
  readonly mayEnd: boolean;
  /** With so many tokens the text can surely be finished, the stop token not counted; 0 where it may end. */
  readonly shortestEnd: number;
  /** A state that goes on from here by itself. */
  fork(): GrammarState;
  /** Gives up the state: nothing may follow. */
  dispose(): void;
}

/** What the grammars of one vocabulary share. */
export interface VocabularyTables {
  readonly vocabulary: Vocabulary;
  readonly trie: PieceTrie;
  readonly eosTokenIds: readonly number[];
  /** Special ids and ids that end a text. */
  readonly forbiddenIds: ReadonlySet<number>;
}

/** A grammar over an automaton: keeps masks and sets, within limits. */
export class AutomatonGrammar implements Grammar {
  readonly tables: VocabularyTables;
  readonly reader: Reader;
  readonly completion: ShortestCompletion;
  readonly #masks = new Map<ReadingSet, TokenMask>();

  constructor(automaton: Automaton, tables: VocabularyTables) {
    this.tables = tables;
    this.reader = new Reader(automaton);
    this.completion = new ShortestCompletion(tables.trie, this.reader);
  }

  start(): GrammarState {
    return new AutomatonState(this, this.reader.start());
  }

  /** The mask of a set; made when first asked for. */
  maskOf(set: ReadingSet): TokenMask {
    const known = this.#masks.get(set);
    if (known !== undefined) return known;
    const mask = makeTokenMask(this.tables.trie, this.reader, set);
    if (this.#masks.size >= MAX_KEPT_MASKS) this.#masks.clear();
    this.#masks.set(set, mask);
    return mask;
  }

  /** The mask of a set for which few tokens are left. */
  hurriedMask(set: ReadingSet, tokensLeft: number): TokenMask {
    const most = Math.max(tokensLeft - 1, this.completion.tokensToEnd(set) - 1);
    return makeTokenMask(
      this.tables.trie,
      this.reader,
      set,
      // A token writes at least a byte, so that bytes bound tokens.
      (after) => after.distance <= most || this.completion.tokensToEnd(after) <= most,
    );
  }
}

class AutomatonState implements GrammarState {
  readonly #grammar: AutomatonGrammar;
  #set: ReadingSet;
  #isEnded: boolean;

  constructor(grammar: AutomatonGrammar, set: ReadingSet, isEnded = false) {
    this.#grammar = grammar;
    this.#set = set;
    this.#isEnded = isEnded;
  }

  get isFinished(): boolean {
    return this.#isEnded || (this.#set.mayEnd && this.#set.frames.length === 0);
  }

  get mayEnd(): boolean {
    return this.#isEnded || this.#set.mayEnd;
  }

  get shortestEnd(): number {
    if (this.mayEnd) return 0;
    this.#set = this.#grammar.reader.renew(this.#set);
    return this.#grammar.completion.tokensToEnd(this.#set);
  }

  apply(scores: Float32Array, tokensLeft = Infinity): void {
    const { tables, reader } = this.#grammar;
    const { vocabSize } = tables.trie;
    if (scores.length !== vocabSize)
      throw refused("grammar.apply", `${vocabSize} scores`, `${scores.length}`);
    const stopScores = tables.eosTokenIds.map((id) => scores[id] as number);
    if (this.isFinished) scores.fill(-Infinity);
    else {
      this.#set = reader.renew(this.#set);
      applyTokenMask(this.#maskFor(tokensLeft), scores);
    }
    if (this.mayEnd)
      for (const [index, id] of tables.eosTokenIds.entries())
        scores[id] = stopScores[index] as number;
  }

  accept(tokenId: number): void {
    const { tables, reader } = this.#grammar;
    if (tables.eosTokenIds.includes(tokenId) && this.mayEnd) {
      this.#isEnded = true;
      return;
    }
    const { bytes, offsets } = tables.vocabulary;
    const start = offsets[tokenId] ?? 0;
    const end = offsets[tokenId + 1] ?? 0;
    const isForbidden = this.#isEnded || tables.forbiddenIds.has(tokenId) || end <= start;
    let set: ReadingSet | null = isForbidden ? null : reader.renew(this.#set);
    for (let index = start; index < end && set !== null; index++)
      set = reader.step(set, bytes[index] as number);
    if (set === null)
      throw refused("grammar.accept", "a token that the format allows here", `id ${tokenId}`);
    this.#set = set;
  }

  fork(): GrammarState {
    return new AutomatonState(this.#grammar, this.#set, this.#isEnded);
  }

  dispose(): void {
    this.#set = this.#grammar.reader.start();
    this.#isEnded = true;
  }

  #maskFor(tokensLeft: number): TokenMask {
    const mask = this.#grammar.maskOf(this.#set);
    if (mask.furthestEnd <= tokensLeft - 1) return mask;
    return this.#grammar.hurriedMask(this.#set, tokensLeft);
  }
}

function refused(where: string, expected: string, actual: string): ResponseFormatError {
  return new ResponseFormatError({ where, expected, actual });
}
