import type { Question } from "./decisions-schema.ts";

/** Digits of a probability that are told. */
const DIGITS = 1e6;

/**
 * The answer to a question.
 *
 * @param logLikelihoods - Of its labels; what the model would say besides them does not count.
 */
export function decisionAnswer(question: Question, logLikelihoods: readonly number[]) {
  const probabilities = softmax(logLikelihoods);
  const confidence = Math.max(...probabilities);
  const name = question.name ?? null;
  switch (question.type) {
    case "predicate":
      return { type: "predicate" as const, name, probability: probabilities[0] ?? 0 };
    case "choice": {
      const values = question.choices.map(({ value }) => value);
      const choice = values[probabilities.indexOf(confidence)] as string | boolean;
      const all = values.map((value, i) => ({ value, probability: probabilities[i] ?? 0 }));
      return { type: "choice" as const, name, choice, confidence, probabilities: all };
    }
    case "score": {
      const all = question.levels.map(({ label }, value) => {
        return { label, value, probability: probabilities[value] ?? 0 };
      });
      const score = rounded(all.reduce((sum, one) => sum + one.value * one.probability, 0));
      return { type: "score" as const, name, score, confidence, probabilities: all };
    }
  }
}

function softmax(values: readonly number[]): number[] {
  const max = Math.max(...values);
  const weights = values.map((value) => Math.exp(value - max));
  const sum = weights.reduce((all, one) => all + one, 0);
  return weights.map((weight) => rounded(weight / sum));
}

function rounded(value: number): number {
  return Math.round(DIGITS * value) / DIGITS;
}
