import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { goldenCases } from "../__fixtures__/golden.ts";
import { splitWords } from "../python/text.ts";
import type { BleuSmoothing } from "./bleu-score.ts";
import { bleuWords, type BleuTokenizer } from "./bleu-tokenizer.ts";
import { bleuSignature, corpusBleu } from "./corpus-bleu.ts";

interface ScoreCase {
  readonly kind: "corpus" | "edge";
  readonly id: string;
  readonly tokenize: BleuTokenizer;
  readonly lowercase: boolean;
  readonly effective_order: boolean;
  readonly smooth_method: BleuSmoothing;
  readonly hypotheses: string[];
  readonly references: string[][];
  readonly expected: {
    readonly score: number;
    readonly counts: number[];
    readonly totals: number[];
    readonly precisions: number[];
    readonly bp: number;
    readonly sys_len: number;
    readonly ref_len: number;
    readonly signature: string;
  };
}

interface WordsCase {
  readonly kind: "tokenize";
  readonly id: string;
  readonly tokenize: BleuTokenizer;
  readonly input: string;
  readonly expected: string;
}

/** What two orders of adding doubles may make of a score. */
const TOLERANCE_DIGITS = 9;

function scoreCases(name: string): ScoreCase[] {
  return goldenCases<ScoreCase | WordsCase>(name).filter((one) => one.kind !== "tokenize");
}

function wordsCases(name: string): WordsCase[] {
  return goldenCases<ScoreCase | WordsCase>(name).filter((one) => one.kind === "tokenize");
}

function expectScore(one: ScoreCase): void {
  const { expected } = one;
  const options = {
    tokenize: one.tokenize,
    lowercase: one.lowercase,
    effectiveOrder: one.effective_order,
    smoothing: one.smooth_method,
  };
  const bleu = corpusBleu(one.hypotheses, one.references, options);
  expect(bleu.score).toBeCloseTo(expected.score, TOLERANCE_DIGITS);
  expect(bleu.brevityPenalty).toBeCloseTo(expected.bp, TOLERANCE_DIGITS);
  bleu.precisions.forEach((precision, index) =>
    expect(precision).toBeCloseTo(expected.precisions[index] ?? Number.NaN, TOLERANCE_DIGITS),
  );
  expect(bleu).toMatchObject({
    counts: expected.counts,
    totals: expected.totals,
    hypothesisLength: expected.sys_len,
    referenceLength: expected.ref_len,
  });
  const references = one.references.length;
  expect(bleuSignature({ ...options, references })).toBe(expected.signature);
}

function expectWords({ tokenize, input, expected }: WordsCase): void {
  expect(bleuWords(tokenize)(input)).toEqual(splitWords(expected));
}

describeShared("BLEU as sacreBLEU computes it", "eval-golden/bleu_sacrebleu.json", () => {
  it.each(scoreCases("bleu_sacrebleu"))("scores $id", expectScore);
  it.each(wordsCases("bleu_sacrebleu"))("sees the words of $id", expectWords);
});

describeShared("BLEU of Japanese words", "eval-golden/bleu_ja_mecab.json", () => {
  it.each(scoreCases("bleu_ja_mecab"))("scores $id", expectScore);
  it.each(wordsCases("bleu_ja_mecab"))("sees the words of $id", expectWords);
});
