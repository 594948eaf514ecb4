/** Measurements of one number of rows that count: enough to outvote four outliers, few enough to follow a growing context. */
const WINDOW = 9;

/** What a step of some number of rows may take. */
export interface CostRange {
  /** If more rows cost nothing more. */
  readonly low: number;
  /** If each further row costs as much as those measured. */
  readonly high: number;
}

/**
 * Seconds of a decoding step by its number of rows: running medians, straight lines between them.
 *
 * One may serve all sequences of an engine. Deterministic: it knows no clock, only what it is told.
 */
export class StepCost {
  /** The latest measurements by number of rows. */
  readonly #measured = new Map<number, number[]>();
  /** Medians by ascending number of rows. */
  #points: readonly { readonly rows: number; readonly seconds: number }[] = [];

  /** @param rows - Rows that went through the network in the step, at least 1. */
  record(rows: number, seconds: number): void {
    const latest = this.#measured.get(rows) ?? [];
    latest.push(seconds);
    if (latest.length > WINDOW) latest.shift();
    this.#measured.set(rows, latest);
    this.#points = [...this.#measured]
      .map(([measuredRows, values]) => ({ rows: measuredRows, seconds: quantile(values, 0.5) }))
      .sort((a, b) => a.rows - b.rows);
  }

  /** The largest number of rows measured; 0 before any. */
  get mostRows(): number {
    return this.#points.at(-1)?.rows ?? 0;
  }

  /**
   * Seconds that a quarter of the latest measurements of a number of rows stays below: a time to be beaten
   * that noise does not raise.
   *
   * @returns undefined while that number is not measured.
   */
  lowerQuartile(rows: number): number | undefined {
    const latest = this.#measured.get(rows);
    return latest && quantile(latest, 0.25);
  }

  /** How many of the latest measurements of a number of rows there are, at most 9. */
  count(rows: number): number {
    return this.#measured.get(rows)?.length ?? 0;
  }

  /**
   * Seconds of a step; both bounds are equal up to the largest number of rows measured. Beyond it, `high`
   * goes on with the mean slope so far, or with one whole step for each row while only one number is measured.
   *
   * @returns undefined while nothing is measured.
   */
  range(rows: number): CostRange | undefined {
    const points = this.#points;
    const first = points[0];
    const last = points.at(-1);
    if (!first || !last) return undefined;
    if (rows >= last.rows) {
      const span = last.rows - first.rows;
      const slope = span > 0 ? (last.seconds - first.seconds) / span : last.seconds / last.rows;
      const high = last.seconds + Math.max(slope, 0) * (rows - last.rows);
      return { low: last.seconds, high };
    }
    const above = points.findIndex((point) => point.rows > rows);
    const right = points[above] ?? last;
    const left = points[above - 1] ?? { rows: 0, seconds: 0 };
    const part = (rows - left.rows) / (right.rows - left.rows);
    const seconds = left.seconds + part * (right.seconds - left.seconds);
    return { low: seconds, high: seconds };
  }
}

/** @param share - 0.5 is the median; between two values on a straight line. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (place % 1) * (above - below);
}
