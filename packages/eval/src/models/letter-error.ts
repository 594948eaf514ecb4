/** A letter that no single token stands for: a row of logits says nothing about it. */
export class LetterError extends Error {
  override readonly name = "LetterError";
  readonly code = "ERR_EVAL_LETTERS";
  readonly letter: string;
  readonly expected: string;
  /** Tokens of each spelling. */
  readonly actual: readonly number[];

  constructor(letter: string, expected: string, actual: readonly number[], hint: string) {
    super(`letter ${letter}: expected ${expected}, got ${actual.join(" and ")} (${hint})`);
    this.letter = letter;
    this.expected = expected;
    this.actual = actual;
  }
}
