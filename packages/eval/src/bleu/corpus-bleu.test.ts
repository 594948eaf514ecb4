import { describe, expect, it } from "vitest";
import { sacrebleu, toBleuOptions } from "./__fixtures__/sacrebleu.ts";
import { bleuSignature, corpusBleu, sentenceBleu } from "./corpus-bleu.ts";

describe("corpusBleu", () => {
  it("scores a worked example", () => {
    // the/cat/sat/on/a/mat: 5 of 6 words, 3 of 5 pairs, 2 of 4, 1 of 3, nothing too short
    const { score, counts } = corpusBleu(["the cat sat on a mat"], [["the cat sat on the mat"]]);
    expect(counts).toEqual([5, 3, 2, 1]);
    expect(score).toBeCloseTo(53.7285, 4);
  });

  it.each(sacrebleu.corpus)("scores as sacreBLEU with $signature", (golden) => {
    const { signature, options, score, references, ...parts } = golden;
    const ours = toBleuOptions(options);
    const bleu = corpusBleu(sacrebleu.baseline, sacrebleu.references.slice(0, references), ours);
    expect(bleu.score).toBeCloseTo(score, 9);
    expect(bleu).toMatchObject({
      counts: parts.counts,
      totals: parts.totals,
      hypothesisLength: parts.hypothesisLength,
      referenceLength: parts.referenceLength,
    });
    expect(bleuSignature({ ...ours, references })).toBe(signature);
  });

  it("scores no sentence with 0", () => {
    expect(corpusBleu([], [[]]).score).toBe(0);
  });

  it("refuses references of another number of lines, and none", () => {
    expect(() => corpusBleu(["a", "b"], [["a", "b"], ["a"]])).toThrow(
      "corpusBleu: expected references of 2 lines, got one of 1",
    );
    expect(() => corpusBleu(["a"], [])).toThrow(
      "corpusBleu: expected references of 1 lines, got none",
    );
  });

  it("scores FLORES' 1,012 sentences in well under a second", () => {
    const line =
      "On Monday, scientists announced the invention of a new tool that can sort cells by type.";
    const lines = Array.from({ length: 1012 }, (_, row) => `${line} ${row}`);
    const started = performance.now();
    expect(corpusBleu(lines, [lines]).score).toBeCloseTo(100, 9);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

it("sentenceBleu scores as sacreBLEU with several references", () => {
  const scores = sacrebleu.system.map((hypothesis, row) => {
    const references = sacrebleu.references.map((lines) => lines[row] ?? "");
    return sentenceBleu(hypothesis, references, { effectiveOrder: true }).score;
  });
  scores.forEach((score, row) => expect(score).toBeCloseTo(sacrebleu.sentence[row] ?? -1, 9));
});
