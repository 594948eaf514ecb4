import type { GenerateOptions, GenerationDelta, GenerationResult, Prompt } from "@baichuan2/model";
import type { ServerContext } from "../http/env.ts";
import type { ServerState } from "../server-state.ts";
import { GenerationWatch } from "./generation-watch.ts";
import type { ChosenModel } from "./served-model.ts";

/** A generation that a request asks for. */
export interface GenerationRequest {
  readonly chosen: ChosenModel;
  readonly prompt: Prompt;
  readonly options: Omit<GenerateOptions, "signal" | "adapter">;
  readonly signal: AbortSignal;
}

/** Runs a generation of a request; counts and logs what comes of it, also where it does not come to its end. */
export async function* generate(
  { served, metrics, settings }: ServerState,
  c: ServerContext,
  { chosen, prompt, options, signal }: GenerationRequest,
): AsyncGenerator<GenerationDelta, GenerationResult> {
  const { facts } = c.var;
  facts.model = chosen.id;
  if (settings.logsPrompts) facts.prompt = prompt;
  const { adapter } = chosen;
  const stream = served.model.generateStream(prompt, { ...options, signal, adapter });
  const watch = new GenerationWatch(metrics, facts);
  try {
    for (;;) {
      const { done, value } = await stream.next();
      if (done) {
        watch.finish(value);
        if (settings.logsPrompts) facts.answer = value.choices.map(({ text }) => text);
        return value;
      }
      watch.take(value);
      yield value;
    }
  } finally {
    watch.end(() => served.model.promptIds(prompt, options).length);
    await stream.return(undefined as never);
  }
}
