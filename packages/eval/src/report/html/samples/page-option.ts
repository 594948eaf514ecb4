import type { EvalResponse } from "../../../eval-request.ts";
import { GAP } from "../../table/format.ts";

/** What a model might have chosen, as a bar. */
export interface PageOption {
  readonly label: string;
  /** Its number, ready to be read. */
  readonly value: string;
  /** Length of the bar, 0 to 1. */
  readonly share: number;
  readonly isBest: boolean;
}

/** What the numbers of options are. */
export type OptionKind = "letters" | "logLikelihood" | "perplexity";

/** Numbers of the options of a response; none of a generated answer. */
export function optionsOf(
  labels: readonly string[],
  response: EvalResponse,
): { readonly kind: OptionKind; readonly options: readonly PageOption[] } | undefined {
  switch (response.kind) {
    case "letters":
      return { kind: "letters", options: bars(labels, response.scores, softmax) };
    case "logLikelihood":
      return { kind: "logLikelihood", options: bars(labels, response.logLikelihoods, softmax) };
    case "perplexity": {
      const likely = response.losses.map((loss) => -loss);
      const options = bars(labels, likely, relative);
      // What is shown is the loss itself.
      return {
        kind: "perplexity",
        options: options.map((option, i) => ({ ...option, value: digits(response.losses[i]) })),
      };
    }
    case "generate":
      return undefined;
  }
}

function bars(
  labels: readonly string[],
  values: readonly number[],
  sharesOf: (values: readonly number[]) => number[],
): PageOption[] {
  const finite = values.filter(Number.isFinite);
  const best = finite.length === 0 ? -1 : values.indexOf(Math.max(...finite));
  const shares = sharesOf(values);
  return labels.map((label, i) => ({
    label,
    value: digits(values[i]),
    share: Number((shares[i] ?? 0).toFixed(4)),
    isBest: i === best,
  }));
}

/** `eˣ / Σ eˣ`; 0 for what is no number. */
function softmax(values: readonly number[]): number[] {
  const powers = relative(values);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => (sum > 0 ? power / sum : 0));
}

/** `e^(x - max x)`; 0 for what is no number. */
function relative(values: readonly number[]): number[] {
  const max = Math.max(...values.filter(Number.isFinite));
  return values.map((value) => (Number.isFinite(value) ? Math.exp(value - max) : 0));
}

function digits(value: number | undefined): string {
  if (value === undefined) return GAP;
  return Number.isFinite(value) ? value.toFixed(3) : String(value).replace("Infinity", "∞");
}
