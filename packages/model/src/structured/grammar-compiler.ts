import { buildAutomaton } from "./build-automaton.ts";
import { AutomatonGrammar, type Grammar, type VocabularyTables } from "./grammar.ts";
import { MAX_KEPT_GRAMMARS } from "./limits.ts";
import { type PieceTrie, pieceTrie } from "./piece-trie.ts";
import { ResponseFormatError } from "./response-format-error.ts";
import type { ResponseFormat } from "./response-format.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Compiles response formats for one vocabulary, and keeps the latest, also those that are refused: that can take as long. */
export class GrammarCompiler {
  readonly #tables: VocabularyTables;
  /** In the order of last use. */
  readonly #compiled = new Map<string, Grammar | ResponseFormatError>();

  /**
   * Sorts the vocabulary: about half a second for Baichuan2's.
   *
   * @throws {ResponseFormatError} if some byte of UTF-8 has no piece: a text could come to where no token goes on.
   */
  constructor(vocabulary: Vocabulary, eosTokenIds: readonly number[]) {
    const trie = pieceTrie(vocabulary, eosTokenIds);
    checkBytes(trie);
    this.#tables = {
      vocabulary,
      trie,
      eosTokenIds: [...new Set(eosTokenIds)].filter((id) => id >= 0 && id < trie.vocabSize),
      forbiddenIds: new Set([...vocabulary.specialIds, ...eosTokenIds]),
    };
  }

  /**
   * @param format - As `plainFormat` gives it.
   * @throws {ResponseFormatError} as `normalizeResponseFormat`.
   */
  compile(format: ResponseFormat): Grammar {
    const key = JSON.stringify(format);
    const compiled = this.#compiled.get(key) ?? this.#compile(format);
    this.#compiled.delete(key);
    this.#compiled.set(key, compiled);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size > MAX_KEPT_GRAMMARS && oldest !== undefined)
      this.#compiled.delete(oldest);
    if (compiled instanceof ResponseFormatError) throw compiled;
    return compiled;
  }

  /** Lets go of all grammars; states in use stay valid. */
  dispose(): void {
    this.#compiled.clear();
  }

  #compile(format: ResponseFormat): Grammar | ResponseFormatError {
    try {
      return new AutomatonGrammar(buildAutomaton(format), this.#tables);
    } catch (error) {
      if (error instanceof ResponseFormatError) return error;
      throw error;
    }
  }
}

/** Bytes that never stand in UTF-8: C0, C1, F5 to FF. */
const isOutsideUtf8 = (byte: number): boolean => byte === 0xc0 || byte === 0xc1 || byte > 0xf4;

function checkBytes({ pieces }: PieceTrie): void {
  for (let byte = 0; byte < 256; byte++)
    if (!isOutsideUtf8(byte) && !pieces.has(String.fromCharCode(byte)))
      throw new ResponseFormatError({
        where: "GrammarCompiler",
        expected: "a vocabulary with a piece for every byte, like Baichuan2's",
        actual: `one without byte ${byte}`,
      });
}
