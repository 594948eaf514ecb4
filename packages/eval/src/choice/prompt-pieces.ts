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
 * @see Baichuan-7B evaluation/evaluate_mmlu.py at 6f3ef46
 */
export function dropLast(limit: number): Shorten {
  return (pieces, countTokens) => {
    for (let kept = pieces.shots.length; kept > 0; kept--) {
      const shorter = { ...pieces, shots: pieces.shots.slice(0, kept) };
      if (countTokens(joinPieces(shorter)) <= limit) return shorter;
    }
    return { ...pieces, shots: [] };
  };
}
