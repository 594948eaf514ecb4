import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { HOSTILE } from "../../__fixtures__/hostile.ts";
import { cutRun, exampleRun, hostileRun, smallRun } from "../../__fixtures__/reported-runs.ts";
import { DATA_HASH } from "../../__fixtures__/run-result.ts";
import { scoreRun } from "../../scores/score-run.ts";
import { csvReport } from "./csv-report.ts";
import { jsonReport, reportJson } from "./json-report.ts";
import { markdownReport } from "./markdown-report.ts";

const example = scoreRun(exampleRun());
const hostile = scoreRun(hostileRun());

describe("report.json", () => {
  it("has the scores of a worked example", () => {
    const { benchmarks } = reportJson(scoreRun(smallRun()), { published: ["Baichuan2-7B-Base"] });
    // Wilson's interval of 6 of 10
    const scores = {
      score: 60,
      low: 31.267377,
      high: 83.181967,
      planned: 10,
      done: 10,
      graded: 10,
    };
    expect(benchmarks[0]).toMatchObject({
      ...scores,
      name: "mmlu",
      recipe: "readme",
      dataHash: DATA_HASH,
      aggregation: "micro",
      micro: 60,
      macro: 60,
      published: { "Baichuan2-7B-Base": 54.16 },
    });
    expect(benchmarks[0]?.groups).toMatchObject([{ ...scores, name: "STEM" }]);
    expect(benchmarks[0]?.tasks).toMatchObject([{ ...scores, name: "anatomy", groups: ["STEM"] }]);
  });

  it("is the same bytes for the same run", () => {
    expect(jsonReport(scoreRun(exampleRun()))).toBe(jsonReport(example));
  });

  it("keeps the order of its keys, whatever that of options and further scores is", () => {
    const [benchmark] = exampleRun().benchmarks;
    const textOf = (options: object) =>
      jsonReport(scoreRun({ ...exampleRun(), benchmarks: [{ ...benchmark!, options }] }));
    expect(textOf({ shots: 3, seed: 1 })).toBe(textOf({ seed: 1, shots: 3, split: undefined }));
    expect(Object.keys(JSON.parse(textOf({})) as object).join(" ")).toBe(
      "format model version limit planned done benchmarks",
    );
  });

  it("tells that a run is not done", () => {
    expect(reportJson(example)).toMatchObject({ planned: 572, done: 552 });
  });

  it("holds hostile texts as they are", () => {
    expect(reportJson(hostile).model.name).toBe(HOSTILE);
    expect(JSON.parse(jsonReport(hostile))).toEqual(reportJson(hostile));
  });
});

describe("report.csv", () => {
  it("has one row for each benchmark, group and task", () => {
    const rows: Record<string, string>[] = parse(csvReport(example), { columns: true });
    expect(rows.map(({ level, benchmark, name }) => `${level} ${benchmark} ${name}`)).toEqual([
      "benchmark mmlu mmlu",
      "group mmlu STEM",
      "group mmlu humanities",
      "task mmlu abstract_algebra",
      "task mmlu anatomy",
      "task mmlu world_religions",
      "benchmark ceval ceval",
      "task ceval law",
      "task ceval logic",
      "benchmark gsm8k gsm8k",
      "task gsm8k gsm8k",
      "benchmark flores flores",
      "task flores zh-en",
    ]);
    expect(rows[0]).toMatchObject({ planned: "406", "published Baichuan2-7B-Base": "54.16" });
    expect(rows.at(-1)).toMatchObject({ title: "zh-en", "published Baichuan2-7B-Base": "27.27" });
  });

  it("has no cell that a sheet would compute", () => {
    const cells = parse(csvReport(hostile)).flat();
    expect(cells.filter((cell) => /^[=+@\t\r]/.test(cell))).toEqual([]);
  });
});

describe("report.md", () => {
  it("has the summary of a worked example beside the README's numbers", () => {
    const text = markdownReport(scoreRun(smallRun()), { published: ["LLaMA-7B"] });
    const row = text.split("\n").find((line) => line.startsWith("| MMLU"));
    expect(row?.replaceAll(/ +/g, " ")).toBe(
      "| MMLU | 60.00 | 31.27 – 83.18 | 35.10 | +24.90 | 10 | 0 | 60.00 | 60.00 | readme | 5 |",
    );
  });

  it("has the hash of what a benchmark asked", () => {
    expect(markdownReport(example)).toContain("- Asked (hash): 0123456789ab\n");
    expect(markdownReport(example, { language: "zh" })).toContain("- 题目指纹: 0123456789ab\n");
  });

  it("warns below the summary of prompts that were cut", () => {
    const scores = scoreRun(cutRun());
    expect(markdownReport(scores, { hasDetails: false })).toContain(
      "> **Prompts cut to the model's context: MMLU 3 of 4 – such scores are not comparable with others.**",
    );
    expect(markdownReport(scores, { language: "zh" })).toContain("被截断：MMLU 3 / 4。");
    expect(markdownReport(example)).not.toContain("Prompts cut");
  });

  it("says that it is partial", () => {
    expect(markdownReport(example)).toContain("> **Partial: 552 of 572 samples are answered");
    expect(markdownReport(scoreRun(smallRun()))).not.toContain("Partial");
  });

  it("speaks Chinese where that is wanted", () => {
    const text = markdownReport(example, { language: "zh" });
    expect(text).toContain("# 评测：Baichuan2-7B-Base");
    expect(text).toContain("> **尚未完成：");
    expect(text).toContain("| 中-英");
  });

  it("keeps hostile texts in their cells", () => {
    const text = markdownReport(hostile);
    // Outside of code there is no tag, link or line that a text has made.
    expect(text).not.toMatch(/(?<!\\)<|(?<!\\)\[|^# title/m);
    for (const line of text.split("\n").filter((one) => one.startsWith("|")))
      expect(line.match(/(?<!\\)\|/g)!.length).toBeGreaterThanOrEqual(6);
    expect(text).toContain("\\</script\\>");
  });
});
