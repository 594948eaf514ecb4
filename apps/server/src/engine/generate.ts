import {
  ResponseFormatError,
  type GenerateOptions,
  type GenerationDelta,
  type GenerationResult,
  type Prompt,
} from "@baichuan2/model";
import { invalidRequest } from "../errors/api-error.ts";
import type { ServerContext } from "../http/env.ts";
import type { ServerState } from "../server-state.ts";
import { GenerationWatch } from "./generation-watch.ts";
import type { ChosenModel } from "./served-model.ts";

/** Fields of requests that say what an answer must be. */
export type FormatField = "response_format" | "structured_outputs" | "tools";

/** A generation that a request asks for. */
export interface GenerationRequest {
  readonly chosen: ChosenModel;
  readonly prompt: Prompt;
  readonly options: Omit<GenerateOptions, "signal" | "adapter">;
  /** The field that `options.responseFormat` comes from. */
  readonly formatField?: FormatField | undefined;
  readonly signal: AbortSignal;
}

/** Runs a generation of a request; counts and logs what comes of it, also where it does not come to its end. */
export async function* generate(
  { served, metrics, settings }: ServerState,
  c: ServerContext,
  { chosen, prompt, options, formatField, signal }: GenerationRequest,
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
  } catch (error) {
    throw error instanceof ResponseFormatError ? badFormat(error, formatField) : error;
  } finally {
    watch.end(() => served.model.promptIds(prompt, options).length);
    await stream.return(undefined as never);
  }
}

function badFormat(error: ResponseFormatError, param: FormatField = "response_format"): Error {
  return invalidRequest(error.message, { param, code: "invalid_response_format", cause: error });
}
