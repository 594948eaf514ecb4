import type { GenerateOptions, GenerationDelta, GenerationResult, Prompt } from "@baichuan2/model";
import type { ServerContext } from "../http/env.ts";
import type { ServerState } from "../server-state.ts";
import type { ChosenModel } from "./served-model.ts";

/** A generation that a request asks for. */
export interface GenerationRequest {
  readonly chosen: ChosenModel;
  readonly prompt: Prompt;
  readonly options: Omit<GenerateOptions, "signal" | "adapter">;
  readonly signal: AbortSignal;
}

/** Runs a generation of a request; counts and logs what comes of it. */
export async function* generate(
  { served, metrics, settings }: ServerState,
  c: ServerContext,
  { chosen, prompt, options, signal }: GenerationRequest,
): AsyncGenerator<GenerationDelta, GenerationResult> {
  const { facts } = c.var;
  facts.model = chosen.id;
  if (settings.logsPrompts) facts.prompt = prompt;
  const stream = served.model.generateStream(prompt, {
    ...options,
    signal,
    adapter: chosen.adapter,
  });
  const begun = performance.now();
  const last = new Map<number, number>();
  try {
    for (;;) {
      const { done, value } = await stream.next();
      if (done) return finish(value);
      if (value.tokenIds.length > 0) measure(value.choice);
      yield value;
    }
  } finally {
    await stream.return(undefined as never);
  }

  function measure(choice: number): void {
    const now = performance.now();
    const before = last.get(choice);
    last.set(choice, now);
    if (before !== undefined) return metrics.nextToken(now - before);
    if (last.size > 1) return;
    facts.timeToFirstTokenMs ??= Math.round(now - begun);
    metrics.firstToken(now - begun);
  }

  function finish(result: GenerationResult): GenerationResult {
    const { usage, timings, choices } = result;
    const finishReasons = choices.map(({ finishReason }) => finishReason);
    metrics.finished({ ...usage, ...timings, finishReasons });
    facts.promptTokens = (facts.promptTokens ?? 0) + usage.promptTokens;
    facts.cachedTokens = (facts.cachedTokens ?? 0) + usage.cachedTokens;
    facts.completionTokens = (facts.completionTokens ?? 0) + usage.completionTokens;
    facts.finishReason = finishReasons.join(",");
    facts.queueMs ??= Math.round(timings.queueMs);
    if (settings.logsPrompts) facts.answer = choices.map(({ text }) => text);
    return result;
  }
}
