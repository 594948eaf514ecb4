import type { GenerationChoice, GenerationResult, TokenLogprob } from "@baichuan2/model";
import type { TokenName } from "@baichuan2/model";

type NameToken = (tokenId: number) => TokenName;

/**
 * A result with the names of OpenAI's API: one text at the top, several in `choices`.
 *
 * @param name - Names the tokens whose log-probabilities are told.
 */
export function toAnswer(result: GenerationResult, name: NameToken) {
  const { choices, promptLogprobs, usage } = result;
  const { promptTokens, completionTokens } = usage;
  const [first = result] = choices;
  const texts =
    choices.length > 1
      ? { choices: choices.map((choice, index) => ({ index, ...toChoice(choice, name) })) }
      : toChoice(first, name);
  return {
    ...texts,
    // As vLLM has it: one for each token, null for the first, of which nothing can be said.
    ...(promptLogprobs
      ? { prompt_logprobs: [null, ...promptLogprobs.map((one) => toLogprob(one, name))] }
      : {}),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

function toChoice({ tokenIds, text, finishReason, logprobs }: GenerationChoice, name: NameToken) {
  return {
    ids: tokenIds,
    text: text ?? null,
    finish_reason: finishReason,
    ...(logprobs ? { logprobs: { content: logprobs.map((one) => toLogprob(one, name)) } } : {}),
  };
}

function toLogprob({ topLogprobs, ...own }: TokenLogprob, name: NameToken) {
  const tell = ({ tokenId, logprob }: Pick<TokenLogprob, "tokenId" | "logprob">) => ({
    id: tokenId,
    ...name(tokenId),
    logprob,
  });
  return { ...tell(own), top_logprobs: topLogprobs.map(tell) };
}
