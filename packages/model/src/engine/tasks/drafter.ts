import { DraftPolicy } from "../../sampling/draft-policy.ts";
import { PromptLookup } from "../../sampling/prompt-lookup.ts";
import type { StepCost } from "../../sampling/step-cost.ts";

/** What all sequences of an engine share about guessing. */
export interface DraftContext {
  readonly stepCost: StepCost;
  /** Tokens guessed so far, and those that were right. */
  readonly counts: { proposed: number; accepted: number };
}

/** Guesses the next tokens of one text from the text itself, as many as pay. */
export class Drafter {
  readonly #lookup: PromptLookup;
  readonly #policy: DraftPolicy;
  readonly #counts: DraftContext["counts"];

  constructor(tokenIds: readonly number[], { stepCost, counts }: DraftContext) {
    this.#lookup = new PromptLookup(tokenIds);
    this.#policy = new DraftPolicy({ stepCost });
    this.#counts = counts;
  }

  /** @param room - Most guesses. */
  draw(room: number): readonly number[] {
    const guesses = this.#lookup.draw(Math.min(room, this.#policy.maxDraft));
    return guesses.slice(0, this.#policy.choose(guesses.length));
  }

  push(tokenId: number): void {
    this.#lookup.push(tokenId);
  }

  /** Tells what came of a step; one without guesses is the measure. */
  record(drafted: number, accepted: number, seconds: number): void {
    this.#policy.record({ drafted, accepted, seconds });
    this.#counts.proposed += drafted;
    this.#counts.accepted += accepted;
  }
}
