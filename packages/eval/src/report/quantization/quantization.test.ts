import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { benchmarkOf, marksOf, resultOf, runOf, taskOf } from "../../__fixtures__/run-result.ts";
import type { RunResult } from "../../results.ts";
import { csvQuantization, htmlQuantization, markdownQuantization } from "./quantization-files.ts";
import { quantizationTable } from "./quantization-table.ts";

const mmlu = benchmarkOf("mmlu", { title: { en: "MMLU", zh: "MMLU" } });

function run(right: number): RunResult {
  return runOf([resultOf(mmlu, [taskOf("t", marksOf(right, 100), { planned: 100 })])]);
}

const table = quantizationTable([
  { format: "bf16", bytes: 15.3e9, run: run(60) },
  { format: "int8", bytes: 8e9, run: run(59) },
  { format: "nf4", bytes: 5.1e9, run: run(50) },
]);

describe("formats of a model", () => {
  it("stand below the first one, with what they lost over the same samples", () => {
    const rows = markdownQuantization(table).replaceAll(/ +/g, " ").split("\n");
    expect(rows).toContain("| bf16 | 15.30 GB (100 %) | 60.00 |");
    // 1 sample lost: p = 1; 10 lost: 2 / 2^10
    expect(rows).toContain("| int8 | 8.00 GB (52 %) | 59.00 (−1.00) |");
    expect(rows).toContain("| nf4 | 5.10 GB (33 %) | 50.00 (−10.00 \\*) |");
  });

  it("stand beside the README's own tables", () => {
    const rows = markdownQuantization(table).replaceAll(/ +/g, " ").split("\n");
    expect(rows).toContain("| 8bits | 8.0 GB | 8.0 GB | 16.1 GB | 14.2 GB |");
    expect(rows).toContain(
      "| Baichuan2-7B-Chat-4bits | 53.04 (−1.31) | 51.72 (−1.21) | 52.84 (−2.15) |",
    );
  });

  it("are CSV, with a row for each format and benchmark", () => {
    const rows: Record<string, string>[] = parse(csvQuantization(table), { columns: true });
    expect(rows).toMatchObject([
      { format: "bf16", bytes: "15300000000", score: "60", difference: "", p: "" },
      { format: "int8", score: "59", difference: "-1", p: "1" },
      { format: "nf4", score: "50", difference: "-10", p: "0.00195313", agreement: "90" },
    ]);
  });

  it("are a page without a script", () => {
    const page = htmlQuantization(table, { language: "zh" });
    expect(page).toContain("50.00 (−10.00 *)");
    expect(page).toContain("README 中的显存占用");
    expect(page).not.toContain("<script");
  });

  it("may lack a benchmark, or be of one alone", () => {
    const lone = quantizationTable([
      { format: "bf16", bytes: 1e9, run: run(60) },
      { format: "nf4", bytes: 1e9, run: runOf([]) },
    ]);
    expect(markdownQuantization(lone).replaceAll(/ +/g, " ")).toContain(
      "| nf4 | 1.00 GB (100 %) | – |",
    );
    expect(quantizationTable([]).rows).toEqual([]);
  });
});
