/**
 * How many guessed tokens (a draft) a step should verify.
 *
 * A step that verifies k guesses puts 1 + k rows through the network and yields one token more than it
 * accepts. With acceptance rate α that is `1 + α + … + α^k` tokens for the time of 1 + k rows. The policy
 * takes the k with the most tokens per second, from measured times and a rate that forgets.
 *
 * The estimate may be wrong, so a budget bounds what it can cost: time lost so far, against plain steps for
 * the same tokens, stays below a share of the time spent plus a small credit. A step that could overdraw it,
 * all guesses wrong, is not taken. So text that no guess fits is decoded at 0.97 of the plain speed or more.
 */
import { StepCost } from "./step-cost.ts";

/** Of the time spent: what may be lost on drafts. */
const LOSS_SHARE = 0.02;
/** In plain steps: what may be lost besides, so that a first try is affordable; 2 % + 0.9 of 100 steps is below 3 %. */
const CREDIT = 0.9;
/** In plain steps: time won that can be lost again; more would let an old success pay for a long failure. */
const MAX_SAVINGS = 10;
/** Weight of a trial when the next is made: about the last twelve guesses count. */
const MEMORY = 0.92;
/** The rate before any trial, and as how many trials it counts. */
const PRIOR = { rate: 0.5, trials: 2 };
/** A draft must promise this much more than a plain step: less is within the noise of the measurements. */
const MIN_GAIN = 1.02;
/** Plain steps measured before the first draft. */
const MIN_PLAIN_STEPS = 3;
/** Drafts after which one plain step is measured again: its time grows with the context. */
const MAX_DRAFTS_IN_A_ROW = 32;
/** Steps with a guess at hand between two probes: doubled by each failure from the first up to the last. */
const FIRST_PAUSE = 4;
const LAST_PAUSE = 64;
/** The last where even guesses this good would not pay at the measured costs. */
const HOPELESS_PAUSE = 512;
const GOOD_RATE = 0.95;

/** How a draft policy decides. */
export interface DraftPolicyOptions {
  /** Most guesses of one step, default 8. */
  readonly maxDraft?: number | undefined;
  /** Times measured so far, which several policies may share; default: none. */
  readonly stepCost?: StepCost | undefined;
}

/** What a step was. */
export interface DraftStep {
  /** Guesses verified; 0 for a plain step. */
  readonly drafted: number;
  /** Guesses that were right before the first wrong one. */
  readonly accepted: number;
  /** Wall time of the step. */
  readonly seconds: number;
}

/** The draft lengths of one sequence. Deterministic: it knows no clock, only the steps it is told. */
export class DraftPolicy {
  readonly maxDraft: number;
  readonly #cost: StepCost;
  #trials = PRIOR.trials;
  #successes = PRIOR.trials * PRIOR.rate;
  #elapsed = 0;
  /** Seconds won against plain steps; negative: lost. */
  #earned = 0;
  #draftsInARow = 0;
  #pause = FIRST_PAUSE;
  #untilProbe = FIRST_PAUSE;

  constructor(options: DraftPolicyOptions = {}) {
    this.maxDraft = options.maxDraft ?? 8;
    this.#cost = options.stepCost ?? new StepCost();
  }

  /** Share of the guesses that are expected to be right. */
  get acceptanceRate(): number {
    return this.#successes / this.#trials;
  }

  /**
   * How many guesses the next step should verify.
   *
   * @param available - Guesses at hand.
   * @returns 0 to min(available, maxDraft); 0 = a plain step.
   */
  choose(available: number): number {
    const limit = Math.min(available, this.maxDraft, this.#longestKnown);
    if (limit < 1 || this.#cost.count(1) < MIN_PLAIN_STEPS) return 0;
    if (this.#draftsInARow >= MAX_DRAFTS_IN_A_ROW) return 0;
    return this.#bestDraft(limit, this.acceptanceRate, this.#spendable) || this.#probe();
  }

  /** Tells what the step was that `choose` decided. */
  record({ drafted, accepted, seconds }: DraftStep): void {
    const plain = this.#plainSeconds;
    this.#cost.record(1 + drafted, seconds);
    this.#elapsed += seconds;
    if (drafted === 0) {
      this.#draftsInARow = 0;
      return;
    }
    this.#draftsInARow++;
    const earned = this.#earned + (1 + accepted) * plain - seconds;
    this.#earned = Math.min(earned, MAX_SAVINGS * plain);
    this.#learn(drafted, accepted);
    this.#pause = accepted > 0 ? 1 : Math.min(2 * this.#pause, this.#longestPause);
    this.#untilProbe = this.#pause;
  }

  /** Longer drafts come one doubling at a time: how much a row costs is known only from what was measured. */
  get #longestKnown(): number {
    return Math.max(1, 2 * (this.#cost.mostRows - 1));
  }

  /** What drafts have to beat. */
  get #plainSeconds(): number {
    return this.#cost.lowerQuartile(1) ?? 0;
  }

  get #spendable(): number {
    return LOSS_SHARE * this.#elapsed + CREDIT * this.#plainSeconds + this.#earned;
  }

  get #longestPause(): number {
    return this.#bestDraft(this.maxDraft, GOOD_RATE, Infinity) > 0 ? LAST_PAUSE : HOPELESS_PAUSE;
  }

  /** @returns the draft with the most tokens per second whose loss can be paid; 0 if a plain step has more. */
  #bestDraft(limit: number, rate: number, spendable: number): number {
    let best = 0;
    let highest = MIN_GAIN / this.#plainSeconds;
    let tokens = 1;
    for (let draft = 1; draft <= limit; draft++) {
      tokens += rate ** draft;
      const seconds = this.#cost.range(1 + draft)?.low ?? Infinity;
      if (this.#worstLoss(draft) > spendable || tokens / seconds <= highest) continue;
      best = draft;
      highest = tokens / seconds;
    }
    return best;
  }

  /** Seconds lost if every guess is wrong. */
  #worstLoss(draft: number): number {
    const seconds = this.#cost.range(1 + draft)?.high ?? Infinity;
    return seconds - this.#plainSeconds;
  }

  /** Now and then one guess is tried against the estimate: text changes. */
  #probe(): number {
    if (this.#untilProbe > 0) this.#untilProbe--;
    return this.#untilProbe === 0 && this.#worstLoss(1) <= this.#spendable ? 1 : 0;
  }

  /** Guesses after the first wrong one were not tried. */
  #learn(drafted: number, accepted: number): void {
    for (let trial = 0; trial < Math.min(accepted + 1, drafted); trial++) {
      this.#trials = this.#trials * MEMORY + 1;
      this.#successes = this.#successes * MEMORY + (trial < accepted ? 1 : 0);
    }
  }
}
