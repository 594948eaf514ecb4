import { rstrip } from "../python/text.ts";
import { BleuError } from "./bleu-error.ts";
import {
  bleuOfStatistics,
  SMOOTHING_VALUES,
  type BleuScore,
  type BleuScoring,
} from "./bleu-score.ts";
import { bleuStatistics, sumStatistics, type BleuStatistics } from "./bleu-statistics.ts";
import { bleuWords, tokenizerSignature, type BleuTokenizer } from "./bleu-tokenizer.ts";

/** How BLEU is computed; the defaults are sacreBLEU's. */
export interface BleuOptions extends BleuScoring {
  /** Default `13a`. */
  readonly tokenize?: BleuTokenizer | undefined;
  /** Default false. */
  readonly lowercase?: boolean | undefined;
}

/** Version of sacreBLEU whose scores these are. */
const SACREBLEU = "2.6.0";

/**
 * BLEU of a corpus, as sacreBLEU computes it.
 *
 * @param references - One or more references of all hypotheses: `references[r][i]` is one of `hypotheses[i]`.
 * @throws {BleuError} if there is no reference, or one has not as many lines as there are hypotheses.
 */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): BleuScore {
  return bleuOfStatistics(
    sumStatistics(corpusStatistics(hypotheses, references, options)),
    options,
  );
}

/** BLEU of a sentence with one or more references; `effectiveOrder` suits it. */
export function sentenceBleu(
  hypothesis: string,
  references: readonly string[],
  options: BleuOptions = {},
): BleuScore {
  return corpusBleu(
    [hypothesis],
    references.map((reference) => [reference]),
    options,
  );
}

/** Statistics of each sentence of a corpus, for resampling; see {@link corpusBleu}. */
export function corpusStatistics(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: Pick<BleuOptions, "tokenize" | "lowercase"> = {},
): BleuStatistics[] {
  const stranger = references.find(({ length }) => length !== hypotheses.length);
  if (stranger || references.length === 0)
    throw new BleuError({
      where: "corpusBleu",
      expected: `references of ${hypotheses.length} lines`,
      actual: stranger ? `one of ${stranger.length}` : "none",
    });
  const words = bleuWords(options.tokenize ?? "13a");
  const read = (line = ""): string[] =>
    words(rstrip(options.lowercase ? line.toLowerCase() : line));
  return hypotheses.map((hypothesis, row) =>
    bleuStatistics(
      read(hypothesis),
      references.map((lines) => read(lines[row])),
    ),
  );
}

/**
 * sacreBLEU's signature: all that a score depends on but the texts.
 *
 * @example `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0`
 */
export function bleuSignature(
  options: BleuOptions & {
    /** References of a sentence. Default 1. */
    readonly references?: number | undefined;
  } = {},
): string {
  const { smoothing = "exp", tokenize = "13a", references = 1 } = options;
  const value =
    SMOOTHING_VALUES[smoothing] && (options.smoothingValue ?? SMOOTHING_VALUES[smoothing]);
  return [
    `nrefs:${references}`,
    `case:${options.lowercase ? "lc" : "mixed"}`,
    `eff:${options.effectiveOrder ? "yes" : "no"}`,
    `tok:${tokenizerSignature(tokenize)}`,
    `smooth:${smoothing}${value === undefined ? "" : `[${value.toFixed(2)}]`}`,
    `version:${SACREBLEU}`,
  ].join("|");
}
