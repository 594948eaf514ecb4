import type { LogitsProcessor } from "./filter.ts";

/**
 * Adds a number to the scores of some ids, as in OpenAI's API: -100 in effect forbids an id, 100 forces it.
 *
 * @param biases - By id; each id below the size of the vocabulary.
 */
export function logitBias(biases: Readonly<Record<number, number>>): LogitsProcessor {
  const entries = Object.entries(biases).map(([id, bias]) => ({ id: Number(id), bias }));
  return (scores) => {
    for (const { id, bias } of entries) scores[id] = (scores[id] as number) + bias;
  };
}
