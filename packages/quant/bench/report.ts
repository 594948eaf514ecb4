import type { Timing } from "@baichuan2/tooling/bench";

/** Prints the speed of each contender in M (10^6) weights per second. */
export function reportWeights(timings: readonly Timing[], count: number): void {
  for (const { name, medianSeconds, minSeconds, maxSeconds } of timings) {
    const [median, low, high] = [medianSeconds, maxSeconds, minSeconds].map((seconds) =>
      (count / 1e6 / seconds).toFixed(0),
    );
    console.log(`${name}: ${median} M weights/s (${low} to ${high})`);
  }
}
