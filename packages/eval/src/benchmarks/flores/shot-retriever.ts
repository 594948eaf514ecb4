import type { SentencePair } from "./flores-prompt.ts";

/** Chooses the examples of a sentence that is to be translated. */
export interface ShotRetriever {
  /** What it does, for reports: `the first 8 sentences`. */
  describe(count: number): string;
  /** At most `count` of `pool`, in the order of the prompt. */
  retrieve(source: string, pool: readonly SentencePair[], count: number): readonly SentencePair[];
}

/** The same examples for all sentences. */
export const firstSentences: ShotRetriever = {
  describe: (count) => `the first ${count} sentences`,
  retrieve: (_source, pool, count) => pool.slice(0, count),
};
