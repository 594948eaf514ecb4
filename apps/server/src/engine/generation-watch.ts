import type { GenerationDelta, GenerationResult } from "@baichuan2/model";
import type { RequestFacts } from "../http/request-facts.ts";
import type { Metrics } from "../operations/metrics.ts";

/** Times and counts a generation while it runs. */
export class GenerationWatch {
  readonly #metrics: Metrics;
  readonly #facts: RequestFacts;
  readonly #begun = performance.now();
  /** When the last token of each text came. */
  readonly #last = new Map<number, number>();
  #tokens = 0;
  #isFinished = false;

  constructor(metrics: Metrics, facts: RequestFacts) {
    this.#metrics = metrics;
    this.#facts = facts;
  }

  take({ tokenIds, choice }: GenerationDelta): void {
    if (tokenIds.length === 0) return;
    this.#tokens += tokenIds.length;
    const now = performance.now();
    const before = this.#last.get(choice);
    this.#last.set(choice, now);
    if (before !== undefined) return this.#metrics.nextToken(now - before);
    if (this.#last.size > 1) return;
    this.#facts.timeToFirstTokenMs ??= Math.round(now - this.#begun);
    this.#metrics.firstToken(now - this.#begun);
  }

  finish({ usage, timings, choices }: GenerationResult): void {
    this.#isFinished = true;
    const finishReasons = choices.map(({ finishReason }) => finishReason);
    this.#metrics.finished({ ...usage, ...timings, finishReasons });
    this.#add(usage.promptTokens, usage.completionTokens);
    this.#facts.cachedTokens = (this.#facts.cachedTokens ?? 0) + usage.cachedTokens;
    this.#facts.finishReason = finishReasons.join(",");
    this.#facts.queueMs ??= Math.round(timings.queueMs);
  }

  /**
   * Counts what a generation has taken that did not come to its end: rate limits hold for it too.
   *
   * @param promptTokens - Of its prompt; asked for where a token has come, so that it has run.
   */
  end(promptTokens: () => number): void {
    if (this.#isFinished || this.#tokens === 0) return;
    const prompt = promptTokens();
    this.#metrics.unfinished(prompt, this.#tokens);
    this.#add(prompt, this.#tokens);
  }

  #add(promptTokens: number, completionTokens: number): void {
    this.#facts.promptTokens = (this.#facts.promptTokens ?? 0) + promptTokens;
    this.#facts.completionTokens = (this.#facts.completionTokens ?? 0) + completionTokens;
  }
}
