/** A question with its worked answer, to be shown before the question that is asked. */
export interface Example {
  readonly question: string;
  readonly answer: string;
}
