/** A prompt in its pieces, which follow each other without anything between them. */
export interface PromptPieces {
  readonly header: string;
  /** Questions with their answers. */
  readonly shots: readonly string[];
  /** The question that is asked. */
  readonly query: string;
}

/** The text of a prompt. */
export function joinPieces({ header, shots, query }: PromptPieces): string {
  return `${header}${shots.join("")}${query}`;
}

/** Takes examples out of a prompt until it is short enough; always ends, if need be without any. */
export type Shorten = (pieces: PromptPieces, countTokens: (text: string) => number) => PromptPieces;

/** Leaves a prompt as it is. */
export const keepAll: Shorten = (pieces) => pieces;

/**
 * Drops the last example until the whole has at most `limit` tokens.
 *
 * The original goes on to -1 examples, which mean all, and never ends where the question alone is too long.
 *
 * @param behind - What is counted with the prompt: OpenCompass counts the letter too.
 * @see Baichuan-7B evaluation/evaluate_mmlu.py at 6f3ef46
 */
export function dropLast(limit: number, behind = ""): Shorten {
  return (pieces, countTokens) => {
    for (let kept = pieces.shots.length; kept > 0; kept--) {
      const shorter = { ...pieces, shots: pieces.shots.slice(0, kept) };
      if (countTokens(`${joinPieces(shorter)}${behind}`) <= limit) return shorter;
    }
    return { ...pieces, shots: [] };
  };
}

/**
 * Drops the longest example, and those that are as long, until the rest has fewer tokens than header and question leave
 * of `limit`. Where header and question alone have more, only the question stays.
 *
 * Each piece is counted for itself.
 *
 * @see CMMLU src/mp_utils.py `gen_prompt` at d6e7b71
 */
export function dropLongest(limit: number): Shorten {
  return ({ header, shots, query }, countTokens) => {
    const left = limit - countTokens(header) - countTokens(query);
    if (left < 0) return { header: "", shots: [], query };
    let kept = shots.map((shot) => ({ shot, length: countTokens(shot) }));
    while (kept.length > 0 && kept.reduce((sum, { length }) => sum + length, 0) >= left) {
      const longest = Math.max(...kept.map(({ length }) => length));
      kept = kept.filter(({ length }) => length < longest);
    }
    return { header, shots: kept.map(({ shot }) => shot), query };
  };
}
