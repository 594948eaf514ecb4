/** A part of a text with its own context. */
export interface ScoreWindow {
  /** First token of the window, in the text. */
  readonly start: number;
  /** End of the window, in the text. */
  readonly end: number;
  /** First token of the window that is scored, in the window; those before it were scored in windows before. */
  readonly from: number;
}

/**
 * Windows that score each token of a text but the first once, each with as much context as the stride leaves it.
 *
 *   stride 2, window 4:   a b c d        b c d
 *                             c d e f          e f
 *
 * @param length - Tokens of the text, at least 2.
 * @param window - Most tokens of a window, at least 2.
 * @param stride - Tokens between the starts of windows; 1 to `window`.
 */
export function scoreWindows(length: number, window: number, stride: number): ScoreWindow[] {
  const windows: ScoreWindow[] = [];
  let scored = 1;
  for (let start = 0; scored < length; start += stride) {
    const end = Math.min(length, start + window);
    if (end <= scored) continue;
    windows.push({ start, end, from: Math.max(1, scored - start) });
    scored = end;
  }
  return windows;
}
