import type { Score } from "../../scores/score.ts";
import { markup, type Markup } from "./markup.ts";

/** Pixels of the line; the scores 0 and 100 stand `EDGE` from its ends. */
const WIDTH = 160;
const EDGE = 6;

/** A score as a dot on a line from 0 to 100, with its interval, and strokes at published scores. */
export function whisker({ percent, interval }: Score, published: readonly number[] = []): Markup {
  const range = (low: number, high: number) => markup`x1="${x(low)}" x2="${x(high)}"`;
  const shown = [
    markup`<line class="axis" ${range(0, 100)} y1="8" y2="8"/>`,
    ...[0, 25, 50, 75, 100].map(
      (value) => markup`<line class="axis" ${range(value, value)} y1="5" y2="11"/>`,
    ),
    interval &&
      markup`<line class="interval" ${range(interval.low, interval.high)} y1="8" y2="8"/>`,
    ...published.map(
      (value) => markup`<line class="published" ${range(value, value)} y1="2" y2="14"/>`,
    ),
    percent !== null && markup`<circle class="score" cx="${x(percent)}" cy="8" r="4"/>`,
  ];
  return markup`<svg class="whisker" width="${WIDTH}" height="16" aria-hidden="true">${shown}</svg>`;
}

function x(value: number): string {
  return (EDGE + (value / 100) * (WIDTH - 2 * EDGE)).toFixed(1);
}

/** Points left and right of 0, on a line that is `limit` points long to each side, with their interval. */
export function pointsWhisker(
  difference: number | null,
  interval: Score["interval"],
  limit: number,
): Markup {
  const scaled = (value: number): number =>
    Math.min(100, Math.max(0, 50 + (50 * value) / (limit || 1)));
  return whisker({
    percent: difference === null ? null : scaled(difference),
    interval: interval && { low: scaled(interval.low), high: scaled(interval.high) },
  });
}
