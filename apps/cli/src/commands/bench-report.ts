import type { EngineStats, WeightDtype, WeightOptions } from "@baichuan2/model";
import type { Cli } from "../io.ts";
import { median, type Round } from "../measurement.ts";
import { formatBytes, formatRows } from "../output/format.ts";

/** What `bench --json` prints. Rates are medians over the rounds. */
export interface BenchReport {
  /** "7b", "13b", or the name of the model's directory. */
  readonly shape: string;
  /** Number type of the linear layers. */
  readonly dtype: WeightDtype;
  /** What else was asked of the weights: `blockSize`, `exact`, `quantizeHead`, `quantizeEmbeddings`. */
  readonly weights: Omit<WeightOptions, "dtype">;
  readonly threads: number;
  readonly layers: number;
  readonly promptTokens: number;
  readonly newTokens: number;
  readonly rounds: number;
  /** Streams that generate at once in a round, each from a prompt of its own. */
  readonly parallel: number;
  readonly speculative: boolean;
  readonly deterministic: boolean;
  readonly loadSeconds: number;
  /** Prompt tokens of all streams, until the last one has its first new token. */
  readonly prefillTokPerSec: number | null;
  /** Of one stream while all generate; null with a single new token, which comes from the prompt's run. */
  readonly decodeTokPerSec: number | null;
  /** Of all streams together, while all generate. */
  readonly totalDecodeTokPerSec: number | null;
  /** Guessed tokens (`speculative`) and the right ones among them; the run that warms up counts too. */
  readonly drafts: EngineStats["drafts"];
  /** Resident memory of the process once the model is loaded, and after the rounds: with cache and work space. */
  readonly loadedRssBytes: number;
  readonly rssBytes: number;
  /** The part of each that no file backs; null where the system does not tell. */
  readonly loadedAnonymousBytes: number | null;
  readonly anonymousBytes: number | null;
}

/**
 * The rates of a report, as medians over the rounds.
 *
 * @param promptTokens - Of all streams together.
 */
export function benchRates(
  rounds: readonly Round[],
  promptTokens: number,
): Pick<BenchReport, "prefillTokPerSec" | "decodeTokPerSec" | "totalDecodeTokPerSec"> {
  const prefillSeconds = median(rounds.map((round) => round.prefillSeconds));
  const secondsPerToken = median(rounds.flatMap((round) => round.secondsPerToken ?? []));
  return {
    prefillTokPerSec: prefillSeconds === undefined ? null : promptTokens / prefillSeconds,
    decodeTokPerSec: secondsPerToken === undefined ? null : 1 / secondsPerToken,
    totalDecodeTokPerSec: median(rounds.flatMap((round) => round.totalTokPerSec ?? [])) ?? null,
  };
}

/** A report for people. */
export function describeBench({ t }: Cli, report: BenchReport): string {
  const rate = (value: number | null): string =>
    value === null ? "-" : t("bench.rate", { rate: value.toPrecision(3) });
  const memory = (rssBytes: number, anonymousBytes: number | null): string =>
    anonymousBytes === null
      ? formatBytes(rssBytes)
      : t("bench.ownMemory", { all: formatBytes(rssBytes), own: formatBytes(anonymousBytes) });
  const layers = t("bench.layers", { count: report.layers });
  return formatRows([
    [t("bench.model"), `${report.shape}, ${report.dtype}, ${layers}`],
    [t("bench.threads"), String(report.threads)],
    [t("bench.load"), t("bench.seconds", { seconds: report.loadSeconds.toFixed(1) })],
    [t("bench.prefill", { count: report.promptTokens }), rate(report.prefillTokPerSec)],
    [t("bench.decode", { count: report.newTokens }), rate(report.decodeTokPerSec)],
    ...(report.parallel > 1
      ? [[t("bench.total", { count: report.parallel }), rate(report.totalDecodeTokPerSec)]]
      : []),
    [t("bench.loadedMemory"), memory(report.loadedRssBytes, report.loadedAnonymousBytes)],
    [t("bench.memory"), memory(report.rssBytes, report.anonymousBytes)],
  ]);
}
