import { Presets, SingleBar } from "cli-progress";
import type { ComparisonProgress, LoadProgress } from "@baichuan2/model";
import type { Cli, Output } from "../io.ts";
import { formatBytes, formatCount } from "./format.ts";

/** Shows how far something is. */
export interface ProgressView<Progress = LoadProgress> extends Disposable {
  readonly update: (progress: Progress) => void;
}

/** Progress bars on stderr, one per file and phase; nothing where stderr is not a terminal. */
export function createProgress({ io, t }: Cli): ProgressView {
  const bars = createBars(io.stderr, formatBytes);
  const update = ({ phase, file, doneBytes, totalBytes }: LoadProgress): void => {
    const label =
      phase === "download" ? t("progress.download", { file: file ?? "" }) : t("progress.load");
    bars.show(label, doneBytes, totalBytes);
  };
  return { update, [Symbol.dispose]: bars.stop };
}

/** Progress bars of the runs of a comparison on stderr, one per model; nothing where stderr is not a terminal. */
export function createComparisonProgress({ io, t }: Cli): ProgressView<ComparisonProgress> {
  const bars = createBars(io.stderr, formatCount);
  const update = ({ side, doneTokens, totalTokens }: ComparisonProgress): void => {
    const label = t("progress.compare", { side: side.toUpperCase() });
    bars.show(label, doneTokens, totalTokens);
    if (doneTokens === totalTokens) bars.stop(); // the next model's load has a bar of its own
  };
  return { update, [Symbol.dispose]: bars.stop };
}

/** A progress bar of a checkpoint that is written, on stderr; nothing where stderr is not a terminal. */
export function createWriteProgress(
  { io, t }: Cli,
  label: "progress.quantize" | "progress.merge",
): Disposable & {
  readonly update: (doneBytes: number, totalBytes: number) => void;
} {
  const bars = createBars(io.stderr, formatBytes);
  const update = (doneBytes: number, totalBytes: number): void =>
    bars.show(t(label), doneBytes, totalBytes);
  return { update, [Symbol.dispose]: bars.stop };
}

/** One bar after the other, each under its label. */
interface Bars {
  readonly show: (label: string, done: number, total: number) => void;
  readonly stop: () => void;
}

function createBars(stream: Output, formatNumber: (value: number) => string): Bars {
  if (stream.isTTY !== true) return { show() {}, stop() {} };
  let bar: SingleBar | undefined;
  let shown: string | undefined;
  const show = (label: string, done: number, total: number): void => {
    if (label !== shown) {
      bar?.stop();
      bar = createBar(stream, formatNumber);
      bar.start(total, done, { label });
      shown = label;
    }
    bar?.setTotal(total);
    bar?.update(done, { label });
  };
  return { show, stop: () => bar?.stop() };
}

/**
 * A bar that is cleared when it stops.
 *
 * @param facts - Name of a value of its updates that stands behind it; the bar is short then.
 */
export function createBar(
  stream: Output,
  formatNumber: (value: number) => string,
  facts?: string,
): SingleBar {
  const format = "{label} {bar} {percentage}% {value}/{total} {eta_formatted}";
  const options = {
    stream,
    format: facts === undefined ? format : `${format} {${facts}}`,
    barsize: facts === undefined ? 40 : 12,
    formatValue: (value: number, _: unknown, type: string) =>
      type === "value" || type === "total" ? formatNumber(value) : String(value),
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
  };
  return new SingleBar(options, Presets.shades_classic);
}
