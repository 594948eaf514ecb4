/** How a task is answered: with the letter of an option, `(B)`, or freely. */
export type AnswerKind = "choice" | "free";

/** What is known of a task. */
export interface BbhTask {
  readonly kind: AnswerKind;
  readonly rows: number;
}

/**
 * The 27 tasks.
 *
 * @see opencompass configs/datasets/bbh/bbh_gen_6bd693.py at b885ec84, for the kinds
 */
export const BBH_TASKS: Readonly<Record<string, BbhTask>> = {
  boolean_expressions: { kind: "free", rows: 250 },
  causal_judgement: { kind: "free", rows: 187 },
  date_understanding: { kind: "choice", rows: 250 },
  disambiguation_qa: { kind: "choice", rows: 250 },
  dyck_languages: { kind: "free", rows: 250 },
  formal_fallacies: { kind: "free", rows: 250 },
  geometric_shapes: { kind: "choice", rows: 250 },
  hyperbaton: { kind: "choice", rows: 250 },
  logical_deduction_five_objects: { kind: "choice", rows: 250 },
  logical_deduction_seven_objects: { kind: "choice", rows: 250 },
  logical_deduction_three_objects: { kind: "choice", rows: 250 },
  movie_recommendation: { kind: "choice", rows: 250 },
  multistep_arithmetic_two: { kind: "free", rows: 250 },
  navigate: { kind: "free", rows: 250 },
  object_counting: { kind: "free", rows: 250 },
  penguins_in_a_table: { kind: "choice", rows: 146 },
  reasoning_about_colored_objects: { kind: "choice", rows: 250 },
  ruin_names: { kind: "choice", rows: 250 },
  salient_translation_error_detection: { kind: "choice", rows: 250 },
  snarks: { kind: "choice", rows: 178 },
  sports_understanding: { kind: "free", rows: 250 },
  temporal_sequences: { kind: "choice", rows: 250 },
  tracking_shuffled_objects_five_objects: { kind: "choice", rows: 250 },
  tracking_shuffled_objects_seven_objects: { kind: "choice", rows: 250 },
  tracking_shuffled_objects_three_objects: { kind: "choice", rows: 250 },
  web_of_lies: { kind: "free", rows: 250 },
  word_sorting: { kind: "free", rows: 250 },
};
