import type { GenerationEvent } from "../engine/engine-generation.ts";
import type { TokenLogprob } from "../sampling/token-logprobs.ts";
import type { Timings } from "./generate-options.ts";

/** What the events of a generation tell besides its texts. */
export class GenerationTrace {
  readonly #begun = performance.now();
  #started: number | undefined;
  #firstToken: number | undefined;
  cachedTokens = 0;
  promptLogprobs: readonly TokenLogprob[] | undefined;

  take(event: GenerationEvent): void {
    if (event.type === "promptLogprobs") this.promptLogprobs = event.logprobs;
    else if (event.type === "tokens") this.#firstToken ??= performance.now();
    else if (event.type === "started") {
      this.#started = performance.now();
      this.cachedTokens = event.cachedTokens;
    }
  }

  /** Up to now. */
  get timings(): Timings {
    const now = performance.now();
    const started = this.#started ?? now;
    const firstToken = this.#firstToken ?? now;
    return {
      queueMs: started - this.#begun,
      prefillMs: firstToken - started,
      decodeMs: now - firstToken,
    };
  }
}
