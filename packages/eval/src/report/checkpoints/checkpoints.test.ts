import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { hostileRun } from "../../__fixtures__/reported-runs.ts";
import { benchmarkOf, marksOf, resultOf, runOf, taskOf } from "../../__fixtures__/run-result.ts";
import type { RunResult } from "../../results.ts";
import type { ChartData } from "../html/chart-script.ts";
import { checkpointCurve, checkpointTokens } from "./checkpoint-curve.ts";
import { csvCheckpoints, markdownCheckpoints } from "./checkpoint-files.ts";
import { htmlCheckpoints } from "./html-checkpoints.ts";

const mmlu = benchmarkOf("mmlu", { title: { en: "MMLU", zh: "MMLU" }, published: "MMLU" });
const cmmlu = benchmarkOf("cmmlu", { title: { en: "CMMLU", zh: "CMMLU" }, published: "CMMLU" });

function run(right: number, others?: number): RunResult {
  return runOf([
    resultOf(mmlu, [taskOf("t", marksOf(right, 10))]),
    ...(others === undefined ? [] : [resultOf(cmmlu, [taskOf("t", marksOf(others, 10))])]),
  ]);
}

const curve = checkpointCurve([
  { label: "final", tokens: 2.64e12, run: run(6, 5) },
  { label: "train_00440B", run: run(4) },
  { label: "train_00220B", run: run(3, 2) },
]);

async function chartOf(...args: Parameters<typeof htmlCheckpoints>): Promise<ChartData> {
  const page = await htmlCheckpoints(...args);
  return JSON.parse(/id="chart-data">(.*?)<\/script>/s.exec(page)?.[1] ?? "") as ChartData;
}

describe("scores over training tokens", () => {
  it("are in the order of the tokens, with gaps where a benchmark was not run", () => {
    expect(curve.points.map(({ label, tokens }) => [label, tokens])).toEqual([
      ["train_00220B", 220e9],
      ["train_00440B", 440e9],
      ["final", 2640e9],
    ]);
    expect(curve.points.map(({ scores }) => scores.map(({ percent }) => percent))).toEqual([
      [30, 20],
      [40, null],
      [60, 50],
    ]);
  });

  it("know the tokens of the published checkpoints by their names", () => {
    expect(checkpointTokens("train_02420B")).toBe(2.42e12);
    expect(checkpointTokens("Baichuan2-7B-Base")).toBeUndefined();
  });

  it("are a table of Markdown, with the README's row", () => {
    const rows = markdownCheckpoints(curve, { published: ["Baichuan2-7B-Base"] })
      .replaceAll(/ +/g, " ")
      .split("\n");
    expect(rows).toContain("| train_00440B | 440 | 40.00 (16.82 – 68.73) | – |");
    expect(rows).toContain("| README: Baichuan2-7B-Base | – | 54.16 | 57.07 |");
  });

  it("are CSV, with a row for each checkpoint and benchmark", () => {
    const rows: Record<string, string>[] = parse(csvCheckpoints(curve), { columns: true });
    expect(rows).toHaveLength(6);
    expect(rows[3]).toEqual({
      label: "train_00440B",
      tokens: "440000000000",
      benchmark: "cmmlu",
      score: "",
      low: "",
      high: "",
      planned: "10",
      done: "10",
    });
  });

  it("are a chart over billions of tokens, with intervals", async () => {
    const { x, xTitle, lines } = await chartOf(curve, { language: "zh" });
    expect(xTitle).toBe("训练词元数（十亿）");
    expect(x).toEqual([220, 440, 2640]);
    expect(lines.map(({ label, y }) => [label, y])).toEqual([
      ["MMLU", [30, 40, 60]],
      ["CMMLU", [20, null, 50]],
    ]);
    expect(lines[1]?.low).toEqual([expect.closeTo(5.668, 2), null, expect.closeTo(23.659, 2)]);
  });

  it("are a chart over names where tokens are not known", async () => {
    const named = checkpointCurve([
      { label: "a", run: run(1) },
      { label: "train_00220B", run: run(2) },
    ]);
    expect(await chartOf(named)).toMatchObject({ x: [0, 1], xLabels: ["train_00220B", "a"] });
  });

  it("say which checkpoints are not done, and show hostile texts as texts", async () => {
    const hostile = checkpointCurve([{ label: "</script><script>", run: hostileRun() }]);
    const page = await htmlCheckpoints(hostile);
    expect(page).toContain("&lt;/script&gt;&lt;script&gt;: Partial: 5 of 7");
    // Data, the library, the chart.
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(markdownCheckpoints(hostile)).toContain(
      "> **\\</script\\>\\<script\\>: Partial: 5 of 7 samples",
    );
  });
});
