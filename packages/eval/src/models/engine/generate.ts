import type { GenerateOptions } from "@baichuan2/model";
import type { GenerateRequest, GenerateResponse } from "../../eval-request.ts";
import type { EnginePrompts } from "./engine-prompts.ts";

/**
 * Continues a prompt, without the penalty of the checkpoint's generation_config.json. Where the context is less than twice the new
 * tokens, half of it is left to the prompt.
 */
export async function answerGenerate(
  prompts: EnginePrompts,
  { prompt, maxNewTokens: wanted, stop, sampling }: GenerateRequest,
  signal: AbortSignal | undefined,
): Promise<GenerateResponse> {
  const maxNewTokens = Math.min(wanted, Math.floor(prompts.model.config.modelMaxLength / 2));
  const { tokenIds, truncatedTokens } = prompts.fit(prompts.promptIds(prompt), maxNewTokens);
  const drawn: GenerateOptions = sampling
    ? { ...sampling, doSample: true, topK: 0, repetitionPenalty: 1 }
    : { doSample: false, repetitionPenalty: 1 };
  const options = { ...drawn, maxNewTokens, stop, signal };
  const { choices } = await prompts.model.generate({ tokenIds }, options);
  return {
    kind: "generate",
    texts: choices.map(({ text = "" }) => text),
    finishReasons: choices.map(({ finishReason }) => finishReason),
    truncatedTokens,
  };
}
