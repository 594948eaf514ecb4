import { EndpointError } from "../endpoint-error.ts";

/** Log-probabilities of the tokens of a text, without those of its prompt. */
export interface EchoedText {
  readonly own: readonly number[];
}

/** What a completion tells of its tokens. */
export interface CompletionLogprobs {
  readonly text_offset?: readonly number[] | null | undefined;
  readonly token_logprobs?: readonly (number | null)[] | null | undefined;
}

/**
 * Cuts a prompt and what was generated behind the text off an echo.
 *
 * @throws {EndpointError} if a token lies on both sides of the prompt's end: then nothing can be said of the text alone.
 */
export function echoLogprobs(
  { prompt, text }: { readonly prompt: string; readonly text: string },
  { text_offset, token_logprobs }: CompletionLogprobs,
  baseURL: string,
): EchoedText {
  const offsets = text_offset ?? [];
  const values = token_logprobs ?? [];
  // Offsets count characters, which are code points in Python and UTF-16 units in JavaScript.
  for (const length of [codePoints, utf16]) {
    const start = offsets.indexOf(length(prompt));
    const end = offsets.findIndex((offset) => offset >= length(prompt + text));
    if (start < 0) continue;
    const own = values.slice(start, end < 0 ? undefined : end);
    return { own: own.filter((value) => value !== null) };
  }
  const hint = "the tokens of the two run into each other; compare with a model in this process";
  throw new EndpointError(baseURL, "a token that begins behind the prompt", "none", hint);
}

const codePoints = (text: string): number => Array.from(text).length;
const utf16 = (text: string): number => text.length;
