import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bleuStatistics, sumStatistics } from "./bleu-statistics.ts";

const words = (line: string): string[] => line.split(" ").filter((word) => word !== "");

/** Few words, so that sequences repeat. */
const someWords = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });

/** How often each sequence of a length stands in a text. */
function countSequences(text: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= text.length; start++) {
    const sequence = text.slice(start, start + order).join(" ");
    counts.set(sequence, (counts.get(sequence) ?? 0) + 1);
  }
  return counts;
}

/** Papineni's clipped matches, as the paper words them. */
function clippedMatches(hypothesis: readonly string[], references: string[][], order: number) {
  const most = references.map((one) => countSequences(one, order));
  return [...countSequences(hypothesis, order)]
    .map(([sequence, count]) => Math.min(count, Math.max(...most.map((m) => m.get(sequence) ?? 0))))
    .reduce((sum, count) => sum + count, 0);
}

describe("bleuStatistics", () => {
  it("clips what a hypothesis repeats to what a reference has", () => {
    // Papineni's example: 2 of 7 words, no pair of words
    const hypothesis = words("the the the the the the the");
    const references = ["the cat is on the mat", "there is a cat on the mat"].map(words);
    expect(bleuStatistics(hypothesis, references)).toEqual([7, 7, 2, 0, 0, 0, 7, 6, 5, 4]);
  });

  it("takes the nearest length of the references, the shorter of two", () => {
    const [five, three] = ["a b c d e", "a b c"].map(words) as [string[], string[]];
    expect(bleuStatistics(words("a b c d"), [five, three])[1]).toBe(3);
    expect(bleuStatistics(words("a b c d e f"), [three, five])[1]).toBe(5);
  });

  it("takes a sequence as often as the reference has it that has it most often", () => {
    expect(bleuStatistics(words("a a a"), ["a b a", "a"].map(words))[2]).toBe(2);
  });

  it("counts like the definition", () => {
    fc.assert(
      fc.property(
        someWords,
        fc.array(someWords, { minLength: 1, maxLength: 3 }),
        (ours, theirs) => {
          const matches = [1, 2, 3, 4].map((order) => clippedMatches(ours, theirs, order));
          expect(bleuStatistics(ours, theirs).slice(2, 6)).toEqual(matches);
        },
      ),
    );
  });

  it("refuses a sentence without a reference", () => {
    expect(() => bleuStatistics(["a"], [])).toThrow(
      "bleuStatistics: expected a reference, got none",
    );
  });

  it("takes time that is proportional to a megabyte of one word", () => {
    const started = performance.now();
    const hypothesis = Array.from({ length: 2 ** 19 }, () => "a");
    expect(bleuStatistics(hypothesis, [hypothesis])[2]).toBe(2 ** 19);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

it("sumStatistics of no sentence is nothing of everything", () => {
  expect(sumStatistics([])).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});
