import { ComparisonError } from "./comparison-error.ts";

/**
 * Cuts a text into windows that each start with an empty context; the last may be shorter.
 *
 * The first token of a window is not predicted, so a text of T tokens in windows of W has T − ⌈T / W⌉ predictions.
 *
 * @throws {ComparisonError} if nothing would be predicted.
 */
export function textWindows(tokenIds: readonly number[], window: number): readonly number[][] {
  if (!Number.isInteger(window) || window < 2)
    throw new ComparisonError("a window of at least 2 tokens", String(window));
  if (tokenIds.length < 2)
    throw new ComparisonError("a text of at least 2 tokens", String(tokenIds.length));
  const windows: number[][] = [];
  for (let start = 0; start < tokenIds.length; start += window)
    windows.push(tokenIds.slice(start, start + window));
  return windows;
}
