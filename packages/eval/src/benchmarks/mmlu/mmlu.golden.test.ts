import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { promptOf, textsOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters } from "../../__fixtures__/grade-sample.ts";
import { goldenCases, hashedLogits, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import type { RecipeName, Task } from "../../benchmark.ts";
import { mmlu } from "./mmlu.ts";
import { mmluGroups } from "./subjects.ts";

interface EvalCase {
  readonly kind: "eval";
  readonly subject: string;
  readonly row: number;
  readonly ntrain: number;
  readonly prompt_sha256: string;
  readonly logits_ABCD: number[];
  readonly label: string;
  readonly correct: boolean;
}

interface SubjectCase {
  readonly kind: "subject_accuracy";
  readonly subject: string;
  readonly rows: number;
  readonly ntrain: number;
  readonly correct: boolean[];
}

interface AggregateCase {
  readonly kind: "aggregate";
  readonly seed: number;
  readonly per_subject: Record<string, { readonly n: number; readonly correct: number }>;
  readonly expected: Readonly<
    Record<"subcategories" | "categories", Readonly<Record<string, number>>>
  >;
}

interface OpenCompassCase {
  readonly task: string;
  readonly subject: string;
  readonly row: number;
  readonly label: string;
  readonly prompt_sha256: string;
}

/** Tokens of the stand-in of the golden file. */
const tools = { countTokens: (text: string) => Math.ceil(Buffer.byteLength(text) / 3) };

async function load(subject: string, shots: number, recipe: RecipeName = "readme"): Promise<Task> {
  const directory = sharedRows("mmlu");
  const [task] = await mmlu.load({ directory, recipe, tasks: [subject], shots });
  return task as Task;
}

/** The scorer's pandas made a gap of an option "None"; ours keeps the text. */
function asPandasReads(prompt: string): string {
  return prompt.replaceAll(/(?<=\n[A-D]\. )None(?=\n)/g, "nan");
}

describeShared("MMLU as Baichuan's script scores it", "eval/mmlu", () => {
  const cases = goldenCases<EvalCase | SubjectCase | AggregateCase>("mmlu_baichuan7b_script");
  const questions = cases.filter((one) => one.kind === "eval");
  const subjects = cases.filter((one) => one.kind === "subject_accuracy");
  const aggregates = cases.filter((one) => one.kind === "aggregate");

  it.each(questions)(
    "has the prompt and the grade of $subject, row $row, $ntrain shots",
    async ({ subject, row, ntrain, ...golden }) => {
      const sample = (await load(subject, ntrain)).samples[row]!;
      expect(sha256(promptOf(sample, tools))).toBe(golden.prompt_sha256);
      const grade = await gradeLetters(sample, golden.logits_ABCD);
      expect(grade).toMatchObject({ gold: golden.label, score: Number(golden.correct) });
    },
  );

  it.each(subjects)(
    "grades all rows of $subject alike",
    async ({ subject, ntrain, rows, correct }) => {
      const { samples } = await load(subject, ntrain);
      const grades = [];
      for (const sample of samples.slice(0, rows)) {
        const scores = hashedLogits(asPandasReads(promptOf(sample, tools)));
        grades.push(await gradeLetters(sample, scores));
      }
      expect(grades.map(({ score }) => score === 1)).toEqual(correct);
    },
  );

  it.each(aggregates)("counts subjects for the same groups, draw $seed", (golden) => {
    const expected = { ...golden.expected.subcategories, ...golden.expected.categories };
    const groups: Record<string, { n: number; correct: number }> = {};
    for (const [subject, { n, correct }] of Object.entries(golden.per_subject))
      for (const group of mmluGroups(subject)) {
        const sum = (groups[group] ??= { n: 0, correct: 0 });
        sum.n += n;
        sum.correct += correct;
      }
    expect(Object.keys(groups).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [group, { n, correct }] of Object.entries(groups))
      expect(correct / n).toBeCloseTo(expected[group] as number, 12);
  });
});

describeShared("MMLU as OpenCompass asks it", "eval/mmlu", () => {
  const cases = goldenCases<OpenCompassCase>("opencompass_prompts");

  it.each(cases.filter(({ task }) => task === "mmlu ppl"))(
    "has the text of $subject, row $row, that ends with $label",
    async ({ subject, row, label, prompt_sha256 }) => {
      const { samples } = await load(subject, 5, "opencompass");
      const text = textsOf(samples[row], tools)["ABCD".indexOf(label)];
      expect(sha256(text ?? "")).toBe(prompt_sha256);
    },
  );
});
