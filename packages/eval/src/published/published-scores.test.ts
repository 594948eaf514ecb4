import { describe, expect, it } from "vitest";
import {
  PUBLISHED_MODELS,
  PublishedModelError,
  publishedModelOf,
  publishedScore,
  README_TABLES,
} from "./published-scores.ts";
import { README_MEMORY, README_QUANTIZATION } from "./readme-quantization.ts";

const tableOf = (category: string, size: string) =>
  README_TABLES.find((table) => table.category === category && table.size === size)!;

const categories = ["general", "law-medicine", "math-code", "multilingual"];

describe("the README's tables", () => {
  it("are two for each category, with nine models that have a number or a gap for each column", () => {
    expect(README_TABLES).toHaveLength(8);
    for (const { rows, columns } of README_TABLES) {
      expect(Object.keys(rows)).toHaveLength(9);
      for (const values of Object.values(rows)) expect(values).toHaveLength(columns.length);
    }
  });

  it.each(categories)("agree on the models that both tables of %s have", (category) => {
    const [small, large] = [tableOf(category, "7B"), tableOf(category, "13B")];
    const shared = Object.keys(small.rows).filter((model) => model in large.rows);
    expect(shared).toEqual(["GPT-4", "GPT-3.5 Turbo"]);
    for (const model of shared) expect(small.rows[model]).toEqual(large.rows[model]);
    expect(small.columns).toEqual(large.columns);
  });

  it.each(["7B", "13B"])("have an average of the seven languages, %s", (size) => {
    for (const values of Object.values(tableOf("multilingual", size).rows)) {
      const sum = values.slice(0, 7).reduce<number>((total, value) => total + (value ?? 0), 0);
      // It is rounded to two decimals.
      expect(Math.abs(sum / 7 - (values[7] ?? 0))).toBeLessThanOrEqual(0.0051);
    }
  });

  // Sums of all numbers of a table, in hundredths, made of the README's own text.
  it.each([
    ["general", "7B", 225219],
    ["law-medicine", "7B", 175837],
    ["math-code", "7B", 75413],
    ["multilingual", "7B", 81280],
    ["general", "13B", 255441],
    ["law-medicine", "13B", 201790],
    ["math-code", "13B", 92986],
    ["multilingual", "13B", 98906],
  ])("of %s, %s, sum up to %d hundredths", (category, size, hundredths) => {
    const values = Object.values(tableOf(category, size).rows).flat();
    const sum = values.reduce<number>((total, value) => total + Math.round(100 * (value ?? 0)), 0);
    expect(sum).toBe(hundredths);
  });

  it("have HumanEval in steps of one problem of 164, but for one slip", () => {
    const column = ["7B", "13B"].flatMap((size) =>
      Object.entries(tableOf("math-code", size).rows).map(([model, values]) => [model, values[2]]),
    );
    const odd = column.filter(([, value]) => {
      const solved = Math.round((Number(value) * 164) / 100);
      return Math.abs(Number(value) - (100 * solved) / 164) > 0.0051;
    });
    expect(odd).toEqual([["Baichuan-7B", 9.2]]);
  });

  it("have the memory and the scores of quantised models", () => {
    const memory = README_MEMORY.find(({ model, bits }) => model === "Baichuan2-13B" && bits === 8);
    expect(memory).toMatchObject({ zh: 16.1, en: 14.2 });
    const drops = Object.entries(README_QUANTIZATION.rows)
      .filter(([model]) => !model.endsWith("4bits"))
      .flatMap(([model, values]) =>
        values.map(
          (value, i) => (value ?? 0) - (README_QUANTIZATION.rows[`${model}-4bits`]?.[i] ?? 0),
        ),
      );
    // The README tells of a loss of one to two points.
    for (const drop of drops) expect(drop).toBeGreaterThan(0.6);
    for (const drop of drops) expect(drop).toBeLessThan(2.2);
  });
});

describe("a published score", () => {
  it("is that of the model's row and the benchmark's column", () => {
    expect(publishedScore("Baichuan2-7B-Base", "MMLU")).toBe(54.16);
    expect(publishedScore("Baichuan2-13B-Base", "GSM8K")).toBe(52.77);
    expect(publishedScore("GPT-4", "BBH")).toBe(75.12);
    expect(publishedScore("Baichuan2-7B-Chat-4bits", "CMMLU")).toBe(52.84);
    expect(publishedScore("Baichuan2-13B-Base", "Flores-101")).toBe(16.09);
    expect(publishedScore("LLaMA-7B", "CN-AR")).toBe(0);
  });

  it("is missing where the README has none", () => {
    expect(publishedScore("Falcon-7B", "HumanEval")).toBeNull();
    expect(publishedScore("Baichuan2-7B-Chat", "GSM8K")).toBeNull();
    expect(publishedScore("GPT-4", null)).toBeNull();
  });

  it("is not made up for a model that the README does not have", () => {
    expect(() => publishedScore("GPT-5", "MMLU")).toThrow(PublishedModelError);
    expect(() => publishedScore("GPT-5", "MMLU")).toThrow(/expected one of GPT-4, .*, got GPT-5$/);
  });

  it("is of 20 models", () => {
    expect(PUBLISHED_MODELS).toHaveLength(20);
  });
});

describe("the published model that a name means", () => {
  it("is the longest that is part of it", () => {
    expect(publishedModelOf("models/baichuan2-7b-chat-4bits")).toBe("Baichuan2-7B-Chat-4bits");
    expect(publishedModelOf("baichuan-inc/Baichuan2-13B-Base")).toBe("Baichuan2-13B-Base");
    expect(publishedModelOf("tiny")).toBeUndefined();
  });
});
