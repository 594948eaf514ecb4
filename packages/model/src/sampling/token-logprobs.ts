import { LogitsError } from "./logits-error.ts";

/** Most alternatives that can be asked for, as in OpenAI's API. */
export const MAX_TOP_LOGPROBS = 20;

/** How likely a token was, and what else was likely. */
export interface TokenLogprob {
  readonly tokenId: number;
  /** Natural logarithm of the probability. */
  readonly logprob: number;
  /** Most likely first, the lower id first among equals; may or may not contain `tokenId`. */
  readonly topLogprobs: readonly { readonly tokenId: number; readonly logprob: number }[];
}

/**
 * Log-probability of a token under the softmax of the raw logits, before any filter; sums in float64.
 *
 * @param logits - Shape `[V]`; -Infinity for an id that cannot come.
 * @param tokenId - 0 <= tokenId < V.
 * @param top - How many of the most likely tokens to tell too, 0 to 20; fewer if fewer can come.
 * @throws {LogitsError} for an id or a number out of range, a NaN or +Infinity, or if all are -Infinity.
 */
export function tokenLogprob(logits: Float32Array, tokenId: number, top: number): TokenLogprob {
  const where = "tokenLogprob";
  if (!Number.isInteger(top) || top < 0 || top > MAX_TOP_LOGPROBS) {
    throw new LogitsError(`top from 0 to ${MAX_TOP_LOGPROBS}`, String(top), undefined, where);
  }
  const logit = logitOf(logits, tokenId, where);
  const { max, logSum } = normaliser(logits, where);
  const topLogprobs = highest(logits, top).map((id) => ({
    tokenId: id,
    logprob: (logits[id] as number) - max - logSum,
  }));
  return { tokenId, logprob: logit - max - logSum, topLogprobs };
}

/**
 * Log-probabilities of some tokens under the softmax of the raw logits: one pass over the row for all of them.
 *
 * @param logits - Shape `[V]`.
 * @param tokenIds - 0 <= tokenId < V each.
 * @returns natural logarithms, in their order.
 * @throws {LogitsError} as `tokenLogprob`.
 */
export function tokenLogprobs(logits: Float32Array, tokenIds: readonly number[]): number[] {
  const where = "tokenLogprobs";
  const { max, logSum } = normaliser(logits, where);
  return tokenIds.map((tokenId) => logitOf(logits, tokenId, where) - max - logSum);
}

function logitOf(logits: Float32Array, tokenId: number, where: string): number {
  const logit = logits[tokenId];
  if (logit !== undefined) return logit;
  throw new LogitsError(`a token id below ${logits.length}`, String(tokenId), tokenId, where);
}

/** `max` and ln Σ exp(logit − max); two numbers, because their sum would round ln Σ away beside a huge max. */
function normaliser(logits: Float32Array, where: string): { max: number; logSum: number } {
  const { length } = logits;
  let max = -Infinity;
  for (let id = 0; id < length; id++) {
    const logit = logits[id] as number;
    if (!(logit < Infinity))
      throw new LogitsError("finite logits", `${logit} for id ${id}`, id, where);
    if (logit > max) max = logit;
  }
  if (max === -Infinity) throw new LogitsError("a logit above -Infinity", "none", undefined, where);
  let sum = 0;
  for (let id = 0; id < length; id++) sum += Math.exp((logits[id] as number) - max);
  return { max, logSum: Math.log(sum) };
}

/** Ids of the `top` highest logits above -Infinity; almost all ids fail at the lowest of them. */
function highest(logits: Float32Array, top: number): number[] {
  const ids: number[] = [];
  if (top === 0) return ids;
  const { length } = logits;
  let lowest = -Infinity;
  for (let id = 0; id < length; id++) {
    const logit = logits[id] as number;
    if (!(logit > lowest)) continue;
    let place = ids.length < top ? ids.length : top - 1;
    for (; place > 0 && logit > (logits[ids[place - 1] as number] as number); place--) {
      ids[place] = ids[place - 1] as number;
    }
    ids[place] = id;
    if (ids.length === top) lowest = logits[ids[top - 1] as number] as number;
  }
  return ids;
}
