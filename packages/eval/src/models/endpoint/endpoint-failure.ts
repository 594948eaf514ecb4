import OpenAI from "openai";
import { EndpointError } from "../endpoint-error.ts";

/**
 * How servers say that a prompt is too long: OpenAI's code; "maximum context length is" of vLLM and SGLang; "exceeds the available
 * context size" of llama.cpp; "must have less than 1024 tokens" of TGI.
 */
const TOO_LONG =
  /context_length_exceeded|context[ _](length|size|window)|(too long|exceeds?|longer than|less than)\b.*\b(tokens|context)|(prompt|input).*\btoo long/is;

/** Statuses with which a server refuses a request for what it says. */
const REFUSED: readonly unknown[] = [400, 413, 422];

/** A failure that says what to do, of one of OpenAI's client; others stay as they are. */
export function toEndpointFailure(baseURL: string, error: unknown): unknown {
  if (error instanceof OpenAI.APIConnectionTimeoutError)
    return failure(baseURL, "an answer", "none in time", "is the server too busy?", error);
  if (error instanceof OpenAI.APIConnectionError)
    return failure(baseURL, "an answer", "no connection", "is the server running?", error);
  if (error instanceof OpenAI.APIError && isTooLong(error)) {
    const hint = "give --endpoint-context, with a tokenizer, to cut prompts";
    return failure(baseURL, "a prompt that fits the context", `"${error.message}"`, hint, error);
  }
  return error;
}

function isTooLong({ status, code, message }: InstanceType<typeof OpenAI.APIError>): boolean {
  return REFUSED.includes(status) && TOO_LONG.test(`${code ?? ""} ${message}`);
}

function failure(
  baseURL: string,
  expected: string,
  actual: string,
  hint: string,
  cause: Error,
): EndpointError {
  return new EndpointError(baseURL, expected, actual, hint, { cause });
}
