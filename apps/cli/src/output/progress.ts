import { Presets, SingleBar } from "cli-progress";
import type { LoadProgress } from "@baichuan2/model";
import type { Cli } from "../io.ts";
import { formatBytes } from "./format.ts";

/** Shows how far a load is. */
export interface ProgressView extends Disposable {
  readonly update: (progress: LoadProgress) => void;
}

/** Progress bars on stderr, one per file and phase; nothing where stderr is not a terminal. */
export function createProgress({ io, t }: Cli): ProgressView {
  if (io.stderr.isTTY !== true) return { update() {}, [Symbol.dispose]() {} };
  let bar: SingleBar | undefined;
  let shown: string | undefined;
  const update = ({ phase, file, doneBytes, totalBytes }: LoadProgress): void => {
    const label =
      phase === "download" ? t("progress.download", { file: file ?? "" }) : t("progress.load");
    if (label !== shown) {
      bar?.stop();
      bar = createBar(io.stderr);
      bar.start(totalBytes, doneBytes, { label });
      shown = label;
    }
    bar?.setTotal(totalBytes);
    bar?.update(doneBytes, { label });
  };
  return { update, [Symbol.dispose]: () => bar?.stop() };
}

function createBar(stream: NodeJS.WritableStream): SingleBar {
  const options = {
    stream,
    format: "{label} {bar} {percentage}% {value}/{total} {eta_formatted}",
    formatValue: (value: number, _: unknown, type: string) =>
      type === "value" || type === "total" ? formatBytes(value) : String(value),
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
  };
  return new SingleBar(options, Presets.shades_classic);
}
