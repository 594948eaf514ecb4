import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { promptOf, textsOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters } from "../../__fixtures__/grade-sample.ts";
import { goldenCases, hashedLogits, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import type { RecipeName, Sample } from "../../benchmark.ts";
import { ceval } from "./ceval.ts";

interface ScriptCase {
  readonly kind: "prompt+score";
  readonly subject: string;
  readonly split: string;
  readonly row: number;
  readonly shot: number;
  readonly prompt_sha256: string;
  readonly logits_ABCD: number[];
  readonly predicted: string;
  readonly correct: boolean;
}

interface AverageCase {
  readonly kind: "subjects_average";
  readonly per_subject_accuracy: Record<string, number>;
  readonly rows_per_subject: number;
  readonly shot: number;
  readonly expected_average: number;
}

interface OfficialCase {
  readonly subject: string;
  readonly row: number;
  readonly k: number;
  readonly prompt_sha256: string;
}

interface OpenCompassCase {
  readonly task: string;
  readonly subject: string;
  readonly row: number;
  readonly label: string;
  readonly prompt_sha256: string;
}

async function load(
  subject: string,
  options: { readonly recipe: RecipeName; readonly shots: number; readonly split?: string },
): Promise<readonly Sample[]> {
  const directory = sharedRows("ceval");
  const [task] = await ceval.load({ directory, tasks: [subject], ...options });
  return task?.samples ?? [];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describeShared("C-Eval as Baichuan's script scores it", "eval/ceval", () => {
  const cases = goldenCases<ScriptCase | AverageCase>("ceval_baichuan7b_script");
  const questions = cases.filter((one) => one.kind === "prompt+score");
  const averages = cases.filter((one) => one.kind === "subjects_average");

  it.each(questions)(
    "has the prompt and the grade of $subject, row $row, $shot shots",
    async ({ subject, row, shot, split, ...golden }) => {
      const sample = (await load(subject, { recipe: "readme", shots: shot, split }))[row]!;
      expect(sha256(promptOf(sample))).toBe(golden.prompt_sha256);
      const grade = await gradeLetters(sample, golden.logits_ABCD);
      expect(grade).toMatchObject({ answer: golden.predicted, score: Number(golden.correct) });
    },
  );

  it.each(averages)("makes the same number of all subjects", async (golden) => {
    const accuracies: Record<string, number> = {};
    for (const subject of Object.keys(golden.per_subject_accuracy)) {
      const samples = await load(subject, { recipe: "readme", shots: golden.shot });
      const asked = samples.slice(0, golden.rows_per_subject);
      const grades = await Promise.all(
        asked.map((sample) => gradeLetters(sample, hashedLogits(promptOf(sample)))),
      );
      accuracies[subject] = mean(grades.map(({ score }) => score as number));
    }
    expect(accuracies).toEqual(golden.per_subject_accuracy);
    expect(mean(Object.values(accuracies))).toBeCloseTo(golden.expected_average, 12);
  });
});

describeShared("C-Eval as others ask it", "eval/ceval", () => {
  it.each(goldenCases<OfficialCase>("ceval_official_prompts"))(
    "has the official prompt of $subject, row $row, $k shots",
    async ({ subject, row, k, prompt_sha256 }) => {
      const samples = await load(subject, { recipe: "official", shots: k });
      expect(sha256(promptOf(samples[row]))).toBe(prompt_sha256);
    },
  );

  const openCompass = goldenCases<OpenCompassCase>("opencompass_prompts");
  it.each(openCompass.filter(({ task }) => task === "ceval ppl"))(
    "has OpenCompass's text of $subject, row $row, that ends with $label",
    async ({ subject, row, label, prompt_sha256 }) => {
      const samples = await load(subject, { recipe: "opencompass", shots: 5 });
      const tools = { countTokens: (text: string) => Buffer.byteLength(text) / 3 };
      const text = textsOf(samples[row], tools)["ABCD".indexOf(label)];
      expect(sha256(text ?? "")).toBe(prompt_sha256);
    },
  );
});
