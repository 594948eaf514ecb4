import { describe, expect, it } from "vitest";
import { describeShared } from "@baichuan2/tooling/golden";
import { readFileSync } from "node:fs";
import { sharedRows } from "../../__fixtures__/golden.ts";
import type { SampleRecord } from "../../results.ts";
import { cevalSubmission } from "./ceval-submission.ts";
import { CEVAL_SUBJECTS } from "./subjects.ts";

function recordOf(id: string, answer: string | null, benchmark = "ceval"): SampleRecord {
  const [task = ""] = id.split("/");
  return {
    benchmark,
    task,
    id,
    question: "",
    request: { kind: "letters", prompt: "", letters: [], ids: "bare" },
    response: { kind: "letters", scores: [], truncatedTokens: 0 },
    grade: { answer, gold: null, score: null },
  };
}

describe("cevalSubmission", () => {
  it("has a letter for each test row, by subject and row", () => {
    const records = [
      recordOf("law/test/0", "B"),
      recordOf("logic/test/0", "A"),
      recordOf("law/test/10", "D"),
      recordOf("law/test/2", "C"),
    ];
    expect(JSON.stringify(cevalSubmission(records))).toBe(
      '{"law":{"0":"B","2":"C","10":"D"},"logic":{"0":"A"}}',
    );
  });

  it("leaves out other rows, and leaves empty where no letter was found", () => {
    const records = [
      recordOf("law/val/0", "B"),
      recordOf("law/test/1", null),
      recordOf("anatomy/test/1", "A", "cmmlu"),
    ];
    expect(cevalSubmission(records)).toEqual({ law: { "1": "" } });
  });
});

describeShared("the example of C-Eval's site", "eval/ceval/submission_example.json", () => {
  it("is what its own answers make", () => {
    const text = readFileSync(`${sharedRows("ceval")}/submission_example.json`, "utf8");
    const example = JSON.parse(text) as Record<string, Record<string, string>>;
    const records = Object.entries(example).flatMap(([subject, rows]) =>
      Object.entries(rows).map(([row, letter]) => recordOf(`${subject}/test/${row}`, letter)),
    );
    expect(cevalSubmission(records)).toEqual(example);
    expect(Object.keys(example).toSorted()).toEqual(Object.keys(CEVAL_SUBJECTS).toSorted());
  });
});
