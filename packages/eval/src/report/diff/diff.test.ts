import { describe, expect, it } from "vitest";
import { exampleRun, hostileRun, smallRun } from "../../__fixtures__/reported-runs.ts";
import { benchmarkOf, marksOf, resultOf, runOf, taskOf } from "../../__fixtures__/run-result.ts";
import type { RunResult } from "../../results.ts";
import { compareRuns } from "../../scores/compare/compare-runs.ts";
import type { PageTask } from "../html/samples/page-task.ts";
import { htmlDiff } from "./html-diff.ts";
import { markdownDiff } from "./markdown-diff.ts";

const comparison = compareRuns(exampleRun("first", 0), exampleRun("second", 1));

/** 4 of 10 in the left run, 9 of 10 in the right one. */
const worked = compareRuns(
  runOf([resultOf(benchmarkOf("b"), [taskOf("t", marksOf(4, 10))])]),
  runOf([resultOf(benchmarkOf("b"), [taskOf("t", marksOf(9, 10))])]),
);

function modelRun(fingerprint: string, task = "law"): RunResult {
  const benchmarks = [resultOf(benchmarkOf("b"), [taskOf(task, marksOf(1, 2))])];
  return runOf(benchmarks, { model: { name: "tiny-chat", fingerprint } });
}

describe("a comparison as Markdown", () => {
  it("has the differences of a worked example", () => {
    const text = markdownDiff(worked, { names: { left: "a", right: "b" } });
    expect(text).toContain("# Comparison: a and b");
    // 5 samples won: 2 / 2^5 = 0.0625; (1/12 + 6/12 - (5/12)²) / 12 = 0.0341, z √0.0341 = 36.22
    expect(text.replaceAll(/ +/g, " ")).toContain(
      "| B | 10 | 40.00 | 90.00 | +50.00 | +13.78 … +86.22 | 0.063 | 0 | 5 | 50.00 % |",
    );
  });

  it("lists some of the samples that changed, and says how many there are", () => {
    const text = markdownDiff(comparison, { changesPerBenchmark: 3 });
    expect(text).toContain("3 of 222 are listed.");
    expect(text.match(/^\| only left is right/gm)).toHaveLength(12);
    expect(markdownDiff(compareRuns(smallRun(), smallRun()))).toContain("No sample has another");
  });

  it("says what could not be compared", () => {
    const [left, right] = [exampleRun("a"), smallRun()];
    const text = markdownDiff(compareRuns(left, right));
    expect(text).toContain("Only in the left run: ceval, gsm8k, flores");
    expect(text).toContain("Not compared: 396 samples of the left run alone, 0 of the right");
  });

  it("tells models of the same name apart by eight characters of their fingerprints", () => {
    const text = markdownDiff(compareRuns(modelRun("40096e1a77"), modelRun("d1b2c3d4e5")));
    expect(text).toContain("# Comparison: tiny-chat (40096e1a) and tiny-chat (d1b2c3d4)");
    expect(text).toContain("- Left: tiny-chat (40096e1a, 0.0.0)\n");
    expect(text).toContain("- Right: tiny-chat (d1b2c3d4, 0.0.0)\n");
  });

  it("tells runs of one model apart by their sides", () => {
    const same = compareRuns(modelRun("40096e1a77"), modelRun("40096e1a77"));
    expect(markdownDiff(same)).toContain("# Comparison: tiny-chat (Left) and tiny-chat (Right)");
    expect(markdownDiff(same, { language: "zh" })).toContain("tiny-chat (左) 与 tiny-chat (右)");
  });

  it("says where the runs have no sample in common", () => {
    const strangers = compareRuns(modelRun("a", "law"), modelRun("b", "logic"));
    expect(markdownDiff(strangers)).toContain("No sample is in both runs.");
    expect(markdownDiff(strangers)).not.toContain("No sample has another");
    expect(htmlDiff(strangers)).toContain("No sample is in both runs.");
    expect(htmlDiff(compareRuns(smallRun(), runOf([])))).toContain("No sample is in both runs.");
  });

  it("speaks Chinese where that is wanted", () => {
    expect(markdownDiff(comparison, { language: "zh" })).toContain("# 对比：first 与 second");
  });
});

describe("a comparison as a page", () => {
  it("shows the samples that changed side by side", () => {
    const page = htmlDiff(comparison, { samplesPerTask: 5 });
    const json = /id="t0-0">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
    const { total, samples } = JSON.parse(json) as PageTask;
    expect(total).toBe(59);
    expect(samples).toHaveLength(5);
    expect(samples.map(({ tags }) => tags)).toEqual(Array.from({ length: 5 }, () => ["lost"]));
    expect(samples[0]?.responses).toMatchObject([
      { run: "first", answer: "A", score: 1 },
      { run: "second", answer: "B", score: 0 },
    ]);
  });

  it("has no list of samples where none changed", () => {
    const page = htmlDiff(compareRuns(smallRun(), smallRun()));
    expect(page).toContain("No sample has another score or answer.");
    expect(page).not.toContain("<script");
  });

  it("shows hostile texts as texts", () => {
    const page = htmlDiff(compareRuns(hostileRun(), hostileRun()), { language: "zh" });
    expect(page).not.toMatch(/<script>alert|<img|<!--/);
  });
});
