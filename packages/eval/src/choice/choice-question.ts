/** A question with options, of which one is right. */
export interface ChoiceQuestion {
  readonly question: string;
  /** Without their letters; none where they stand in the question. */
  readonly options: readonly string[];
  /** The right letter; null: not published. */
  readonly answer: string | null;
}

/** The same question with each of its texts changed. */
export function mapTexts(
  { question, options, answer }: ChoiceQuestion,
  change: (text: string) => string,
): ChoiceQuestion {
  return { question: change(question), options: options.map(change), answer };
}

/** `A` to `E`, as many as there are options. */
export function lettersOf({ options }: ChoiceQuestion, count = options.length): readonly string[] {
  return ["A", "B", "C", "D", "E"].slice(0, count);
}

/** The question, and a line `A. …` for each option. */
export function questionLines(question: ChoiceQuestion): string {
  const letters = lettersOf(question);
  const lines = question.options.map((option, index) => `${letters[index]}. ${option}`);
  return [question.question, ...lines].join("\n");
}
