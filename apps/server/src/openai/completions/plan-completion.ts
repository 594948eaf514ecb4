import type { GenerateOptions } from "@baichuan2/model";
import { invalidRequest } from "../../errors/api-error.ts";
import type { FormatField } from "../../engine/generate.ts";
import { promptsOf, type TextPrompt } from "../prompts.ts";
import { responseFormat } from "../response-format.ts";
import { samplingOptions } from "../sampling-schema.ts";
import type { CompletionRequest } from "./completion-schema.ts";

/** What a completion request asks of the model. */
export interface CompletionPlan {
  readonly prompts: readonly TextPrompt[];
  /** Texts for each prompt. */
  readonly n: number;
  readonly options: GenerateOptions;
  readonly formatField: FormatField | undefined;
  /** The answer begins with the prompt. */
  readonly isEchoed: boolean;
  /** Nothing is generated. */
  readonly isEchoOnly: boolean;
  /** Alternatives told with each token; undefined: no log-probabilities. */
  readonly topLogprobs: number | undefined;
}

/**
 * @param defaultN - Texts for each prompt where a request says nothing.
 * @throws {ApiError} 400 for what contradicts itself, or is not supported.
 */
export function planCompletion(request: CompletionRequest, defaultN: number): CompletionPlan {
  const n = request.n ?? defaultN;
  const isEchoed = request.echo ?? false;
  const isEchoOnly = request.max_tokens === 0;
  const topLogprobs = request.logprobs ?? undefined;
  check(request, { n, isEchoed });
  const wanted = responseFormat(request);
  return {
    prompts: promptsOf(request.prompt),
    n,
    isEchoed,
    isEchoOnly,
    topLogprobs,
    formatField: wanted?.field,
    options: {
      ...samplingOptions(request),
      n,
      // One token comes with the prompt's last row, at no cost; it is dropped.
      maxNewTokens: isEchoOnly ? 1 : request.max_tokens,
      logprobs: topLogprobs !== undefined,
      topLogprobs,
      promptLogprobs: isEchoed ? topLogprobs : undefined,
      responseFormat: wanted?.format,
    },
  };
}

function check(
  { max_tokens, best_of, stream }: CompletionRequest,
  { n, isEchoed }: Pick<CompletionPlan, "n" | "isEchoed">,
): void {
  if (max_tokens === 0 && !isEchoed)
    throw invalidRequest("max_tokens: expected at least 1 without echo, got 0", {
      param: "max_tokens",
    });
  if (best_of === null || best_of === undefined || best_of === n) return;
  const why = stream ? "of a stream" : "here";
  throw invalidRequest(
    `best_of: expected n (${n}) ${why}, got ${best_of} (choose among n answers yourself)`,
    {
      param: "best_of",
    },
  );
}
