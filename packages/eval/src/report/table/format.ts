import type { Interval } from "../../scores/interval.ts";

/** What stands where there is no number. */
export const GAP = "–";

/** A percentage with two decimals, as the README has them. */
export function formatPercent(value: number | null | undefined): string {
  return value === null || value === undefined ? GAP : value.toFixed(2);
}

/** `52.31 – 56.02` */
export function formatInterval(interval: Interval | null): string {
  if (interval === null) return GAP;
  return `${signed(interval.low, "")} – ${signed(interval.high, "")}`;
}

/** Points with their sign: `+1.20`, `−0.31`, `0.00`. */
export function formatPoints(value: number | null): string {
  return value === null ? GAP : signed(value, "+");
}

/** `−0.31 … +1.20`, for intervals of differences. */
export function formatPointsInterval(interval: Interval | null): string {
  return interval === null ? GAP : `${signed(interval.low, "+")} … ${signed(interval.high, "+")}`;
}

function signed(value: number, plus: string): string {
  const digits = Math.abs(value).toFixed(2);
  if (Number(digits) === 0) return "0.00";
  return `${value < 0 ? "−" : plus}${digits}`;
}

/** `0.012`; `< 0.001` below that. */
export function formatP(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** `14,042` */
export function formatCount(value: number): string {
  return value.toLocaleString("en-US");
}

/** `13.98 GB`, with a GB of 10⁹ bytes, as the README has it. */
export function formatBytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** A number for files that programs read: six decimals at most; null: there is none. */
export function rounded(value: number): number;
export function rounded(value: number | null | undefined): number | null;
export function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toFixed(6));
}
