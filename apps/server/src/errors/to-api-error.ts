import {
  AdapterError,
  ChatMessageError,
  ContextLengthError,
  EngineLimitError,
  GenerationOptionError,
  PromptError,
  TokenIdError,
} from "@baichuan2/model";
import { ApiError, invalidRequest, notFound, unavailable } from "./api-error.ts";

/** Fields of requests that options of a generation come from. */
const PARAMS: Readonly<Record<string, string>> = {
  maxNewTokens: "max_tokens",
  temperature: "temperature",
  topK: "top_k",
  topP: "top_p",
  minP: "min_p",
  repetitionPenalty: "repetition_penalty",
  presencePenalty: "presence_penalty",
  frequencyPenalty: "frequency_penalty",
  topLogprobs: "top_logprobs",
  promptLogprobs: "logprobs",
  seed: "seed",
  stop: "stop",
  n: "n",
};

/** Failures that pass: of codes of errors that no class of ours is exported for. */
const PASSING: ReadonlySet<unknown> = new Set(["ERR_KV_CACHE_FULL", "ERR_DEVICE", "ERR_DISPOSED"]);

/**
 * The error that a client is told. What the request is not to blame for says nothing of the server's inside: the log has it.
 *
 * @param requestId - Told with what only the log can explain.
 */
export function toApiError(error: unknown, requestId: string): ApiError {
  if (error instanceof ApiError) return error;
  return ofRequest(error) ?? ofServer(error, requestId);
}

/** What the log tells of an error: where the server is to blame all of it, else what the client was told. */
export function told(error: ApiError): Error | string {
  if (error.status < 500) return error.message;
  return error.cause instanceof Error ? error.cause : error;
}

/** What the request is to blame for. */
function ofRequest(error: unknown): ApiError | undefined {
  if (error instanceof ChatMessageError) {
    const param = error.index < 0 ? "messages" : `messages[${error.index}]`;
    return invalidRequest(error.message, { param, code: "invalid_messages", cause: error });
  }
  if (error instanceof ContextLengthError)
    return tooLong(error, error.message.startsWith("maxNewTokens") ? "max_tokens" : "messages");
  if (error instanceof EngineLimitError) return ofLimit(error);
  if (error instanceof GenerationOptionError)
    return invalidRequest(error.message, { param: paramOf(error.field), cause: error });
  if (error instanceof TokenIdError || error instanceof PromptError)
    return invalidRequest(error.message, { param: "prompt", cause: error });
  if (error instanceof AdapterError) return ofAdapter(error);
  return undefined;
}

function ofLimit(error: EngineLimitError): ApiError {
  if (error.option === "maxSlots") return tooLong(error, "max_tokens");
  if (error.option === "maxSequences")
    return invalidRequest(error.message, { param: "n", cause: error });
  return unavailable(error.message, { code: "engine_overloaded", cause: error });
}

function tooLong(error: Error, param: string): ApiError {
  return invalidRequest(error.message, { param, code: "context_length_exceeded", cause: error });
}

function ofAdapter(error: AdapterError): ApiError {
  const { message, problem } = error;
  if (problem === "unknown") return notFound(message, { param: "model", code: "model_not_found" });
  if (problem === "lost") return unavailable(message, { code: "adapter_lost", cause: error });
  const code = `adapter_${problem.replace("-", "_")}`;
  if (problem !== "duplicate") return invalidRequest(message, { code, cause: error });
  return new ApiError(message, {
    status: 409,
    type: "invalid_request_error",
    code,
    shouldRetry: false,
  });
}

function ofServer(error: unknown, requestId: string): ApiError {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  if (PASSING.has(code)) {
    const message = `the model cannot answer just now (request ${requestId}; try again)`;
    return unavailable(message, { code: "engine_unavailable", cause: error });
  }
  const message = `something went wrong in the server (request ${requestId}; its log tells more)`;
  return new ApiError(message, {
    status: 500,
    type: "server_error",
    code: "internal_error",
    shouldRetry: false,
    cause: error,
  });
}

/** `logitBias[7]` becomes `logit_bias`. */
function paramOf(field: string): string | null {
  if (field.startsWith("logitBias")) return "logit_bias";
  return PARAMS[field] ?? null;
}
