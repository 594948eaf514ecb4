import { readFileSync } from "node:fs";
import { BaichuanTokenizer } from "@baichuan2/tokenizer";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { IGNORED } from "../network/batch.ts";
import { DataError } from "./data-error.ts";
import { encodeExample } from "./encode-example.ts";
import { parseExample } from "./example.ts";

const special = { userTokenId: 195, assistantTokenId: 196, eosTokenId: 2, vocabSize: 125_696 };

describeShared("the original's SupervisedDataset", "model/train/dataset.json", () => {
  const rows = JSON.parse(
    readFileSync(sharedData("model/train/dataset.json"), "utf8"),
  ) as unknown[];
  const golden = readGolden(sharedData("model/train/dataset.manifest.json"));
  it.each([32, 64, 512])("gives the same ids and labels up to %i", (maxLength) => {
    const bytes = readFileSync(sharedData("tokenizer/baichuan2.tokenizer.model"));
    const tokenizer = BaichuanTokenizer.fromBytes(bytes);
    for (const [index, row] of rows.entries()) {
      const example = parseExample(row, `row ${index}`);
      const { inputIds, labels } = encodeExample(example, tokenizer, { ...special, maxLength });
      const of = (name: string): number[] =>
        Array.from(golden.ints(`len${maxLength}.${name}`)).slice(
          index * maxLength,
          (index + 1) * maxLength,
        );
      const padded = (ids: readonly number[], padding: number): number[] => [
        ...ids,
        ...Array<number>(maxLength - ids.length).fill(padding),
      ];
      expect(padded(inputIds, 0), `row ${index}`).toEqual(of("input_ids"));
      expect(padded(labels, IGNORED), `row ${index}`).toEqual(of("labels"));
    }
  });
});

describe("layouts", () => {
  const letters = { encode: (text: string) => [...text].map((letter) => letter.charCodeAt(0)) };
  const encode = (row: unknown) =>
    encodeExample(parseExample(row, "data.json, row 3"), letters, { ...special, maxLength: 20 });
  const expected = {
    inputIds: [195, 104, 105, 196, 121, 111, 2],
    labels: [2, -100, -100, -100, 121, 111, 2],
  };

  it.each([
    {
      conversations: [
        { from: "human", value: "hi" },
        { from: "gpt", value: "yo" },
      ],
    },
    {
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", content: "yo" },
      ],
    },
    { instruction: "hi", input: "", output: "yo" },
    { input_ids: expected.inputIds, labels: expected.labels },
  ])("mean the same: %j", (row) => {
    expect(encode(row)).toEqual(expected);
  });

  it("may have a system message, and alpaca an input", () => {
    const messages = [
      { role: "system", content: "s" },
      { role: "user", content: "u" },
    ];
    expect(encode({ messages }).inputIds).toEqual([115, 195, 117, 2]);
    expect(encode({ instruction: "a", input: "b", output: "c" }).inputIds).toEqual([
      195, 97, 10, 98, 196, 99, 2,
    ]);
  });

  it.each([
    [{ text: "hi" }, "expected an object with conversations, messages, instruction, input_ids"],
    ["hi", "got string"],
    [{ conversations: [{ from: "human" }] }, "data.json, row 3, conversations.0.value"],
    [{ messages: [] }, "data.json, row 3, messages"],
    [{ input_ids: [1, 2], labels: [1] }, "data.json, row 3, labels: expected 2 labels"],
  ])("that are none are refused: %j", (row, message) => {
    expect(() => encode(row)).toThrow(DataError);
    expect(() => encode(row)).toThrow(message);
  });
});

describe("ids that the vocabulary does not have", () => {
  const encode = (row: unknown) =>
    encodeExample(
      parseExample(row, "rows.jsonl, row 4"),
      { encode: () => [] },
      { ...special, vocabSize: 512, maxLength: 20, where: "rows.jsonl, row 4" },
    );

  it.each([
    [{ input_ids: [1, -3] }, "row 4, input_ids: expected ids from 0 to 511, got -3 at 1"],
    [{ input_ids: [1, 600], labels: [1, -100] }, "row 4, input_ids: expected ids"],
    [{ input_ids: [1, 2], labels: [1, 700] }, "row 4, labels: expected ids"],
    [{ input_ids: [1, 2], labels: [-1, 2] }, "or -100, got -1 at 0"],
  ])("are refused by row: %j", (row, message) => {
    expect(() => encode(row)).toThrow(DataError);
    expect(() => encode(row)).toThrow(message);
  });
});
