/** What a user may say and the one answer to it. */
export interface Exchange {
  readonly question: string;
  readonly answer: string;
}

/** Kinds of questions; the share of each in the training data is in conversations.ts. */
export const CATEGORIES = ["written", "arithmetic", "translation", "median", "cage"] as const;
export type Category = (typeof CATEGORIES)[number];

/** One thing to ask, in many words. */
export interface Question {
  readonly category: Category;
  /** Paraphrases that the model is trained with. */
  readonly seen: readonly Exchange[];
  /** Paraphrases that it never sees: they only test it. */
  readonly unseen: readonly Exchange[];
}

/**
 * What two texts have in common if they differ in case, spaces, punctuation and quotes only. Training questions that are the same as
 * a held-out one in this sense are left out.
 */
export function plainText(text: string): string {
  return text.toLowerCase().replaceAll(/[\p{P}\p{Z}]/gu, "");
}
