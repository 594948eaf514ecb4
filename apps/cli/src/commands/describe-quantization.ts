import type { LinearError, QuantizeReport } from "@baichuan2/model";
import type { Translate } from "../messages/translate.ts";
import { formatBytes, formatRows } from "../output/format.ts";

/** What `quantize` did, for people: sizes, and the worst linear of each layer where they were compared. */
export function describeQuantization(
  t: Translate,
  source: string,
  out: string,
  { format, sourceBytes, outBytes, resumedShards, linears }: QuantizeReport,
): string {
  const sizes = { source: formatBytes(sourceBytes), out: formatBytes(outBytes) };
  const facts = formatRows([
    [t("quantize.model"), source],
    [t("quantize.out"), out],
    [t("quantize.format"), format],
    [t("quantize.size"), t("quantize.sizes", sizes)],
    ...(resumedShards > 0 ? [[t("quantize.resumed"), String(resumedShards)]] : []),
  ]);
  if (linears.length === 0) return facts;
  const head = ["layer", "worst", "relativeError", "maxError"] as const;
  const rows = worstOfLayers(linears).map(({ layer, linear, relativeError, maxError }) => {
    return [layer, linear, `${(100 * relativeError).toPrecision(3)} %`, maxError.toPrecision(3)];
  });
  return `${facts}\n${formatRows([head.map((key) => t(`quantize.${key}`)), ...rows])}`;
}

interface WorstLinear extends LinearError {
  /** Number of the layer. */
  readonly layer: string;
  /** Name within the layer, e.g. `self_attn.W_pack`. */
  readonly linear: string;
}

/** The linear with the largest relative error of each layer. */
export function worstOfLayers(linears: readonly LinearError[]): WorstLinear[] {
  const worst = new Map<string, WorstLinear>();
  for (const error of linears) {
    const [, layer = "", linear = error.name] =
      /^model\.layers\.(\d+)\.(.+)\.weight$/.exec(error.name) ?? [];
    const known = worst.get(layer);
    if (!known || error.relativeError > known.relativeError)
      worst.set(layer, { ...error, layer, linear });
  }
  return [...worst.values()];
}
