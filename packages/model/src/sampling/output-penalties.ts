import type { LogitsProcessor } from "./filter.ts";

/**
 * Makes ids of the output less likely, as in OpenAI's API: `s − presence − frequency · count`, where `count`
 * is how often the id was generated. The prompt does not count.
 *
 * @param presencePenalty - For ids that were generated at all; below 0 rewards them.
 * @param frequencyPenalty - For each time; below 0 rewards repeats.
 * @see OpenAI API reference, `presence_penalty` and `frequency_penalty`
 */
export function outputPenalties(
  presencePenalty: number,
  frequencyPenalty: number,
): LogitsProcessor {
  return (scores, history) => {
    for (const [id, count] of history.generatedCounts) {
      scores[id] = (scores[id] as number) - presencePenalty - frequencyPenalty * count;
    }
  };
}
