import type { ChatMessage, GenerateOptions } from "@baichuan2/model";
import type { FormatField } from "../../engine/generate.ts";
import type { ServedModel } from "../../engine/served-model.ts";
import { invalidRequest } from "../../errors/api-error.ts";
import { responseFormat } from "../response-format.ts";
import { samplingOptions } from "../sampling-schema.ts";
import type { ChatRequest } from "./chat-schema.ts";
import { toChatMessages } from "./to-chat-messages.ts";
import { callFormat, toolChoice, type ToolChoice } from "./tool-choice.ts";
import { toolPrompt } from "./tool-prompt.ts";

/** What a chat request asks of the model. */
export interface ChatPlan {
  readonly messages: readonly ChatMessage[];
  readonly options: GenerateOptions;
  readonly formatField: FormatField | undefined;
  readonly tools: ToolChoice | undefined;
}

/** @throws {ApiError} 400 for what contradicts itself, or cannot fit. */
export function planChat(request: ChatRequest, served: ServedModel): ChatPlan {
  const tools = toolChoice(request);
  const messages = toChatMessages(request.messages, tools && toolPrompt(tools.functions));
  for (const [index, { content }] of messages.entries())
    served.checkLength(content, messages.length === 1 ? "messages" : `messages[${index}]`);
  const wanted = responseFormat(request);
  checkTogether(request, tools);
  const isForced = tools !== undefined && tools.mode !== "auto";
  return {
    messages,
    tools,
    formatField: isForced ? "tools" : wanted?.field,
    options: {
      ...samplingOptions(request),
      maxNewTokens: request.max_completion_tokens ?? request.max_tokens,
      logprobs: request.logprobs ?? false,
      topLogprobs: request.top_logprobs,
      responseFormat: isForced ? callFormat(tools.functions) : wanted?.format,
      // A call ends where its grammar does; cut off before it would be none.
      ...(isForced && { stop: [] }),
    },
  };
}

function checkTogether(request: ChatRequest, tools: ToolChoice | undefined): void {
  if ((request.top_logprobs ?? 0) > 0 && !request.logprobs)
    throw invalidRequest("top_logprobs: expected logprobs: true beside it, got none", {
      param: "top_logprobs",
    });
  if (tools?.mode === "auto" && (request.n ?? 1) > 1)
    throw invalidRequest(
      'n: expected 1 where the model may choose to call a function, got more (give tool_choice "required" or "none")',
      { param: "n" },
    );
  if (request.messages.every(({ role }) => role === "system" || role === "developer"))
    throw invalidRequest(
      "messages: expected a message of a user or assistant, got only system messages",
      {
        param: "messages",
        code: "invalid_messages",
      },
    );
}
