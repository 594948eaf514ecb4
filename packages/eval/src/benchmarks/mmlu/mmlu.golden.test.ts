import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { goldenCases, hashedLogits, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import type { Sample, Task } from "../../benchmark.ts";
import { mmlu } from "./mmlu.ts";

interface EvalCase {
  readonly kind: "eval";
  readonly subject: string;
  readonly row: number;
  readonly ntrain: number;
  readonly prompt: string | null;
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

/** Tokens of the stand-in of the golden file. */
const tools = { countTokens: (text: string) => Math.ceil(Buffer.byteLength(text) / 3) };

async function load(subject: string, shots: number): Promise<Task> {
  const directory = sharedRows("mmlu");
  const [task] = await mmlu.load({ directory, recipe: "readme", tasks: [subject], shots });
  return task as Task;
}

/** The scorer's pandas made a gap of an option "None"; ours keeps the text. */
function asPandasReads(prompt: string): string {
  return prompt.replaceAll(/(?<=\n[A-D]\. )None(?=\n)/g, "nan");
}

function promptOf(sample: Sample | undefined): string {
  const request = sample?.request(tools);
  return request?.kind === "letters" ? request.prompt : "no letters";
}

describeShared("MMLU as Baichuan's script scores it", "eval/mmlu", () => {
  const cases = goldenCases<EvalCase | SubjectCase>("mmlu_baichuan7b_script");
  const questions = cases.filter((one) => one.kind === "eval");
  const subjects = cases.filter((one) => one.kind === "subject_accuracy");

  it.each(questions)(
    "has the prompt and the grade of $subject, row $row, $ntrain shots",
    async ({ subject, row, ntrain, ...golden }) => {
      const sample = (await load(subject, ntrain)).samples[row];
      const prompt = promptOf(sample);
      expect(sha256(prompt)).toBe(golden.prompt_sha256);
      const scores = golden.logits_ABCD;
      const grade = await sample?.grade(
        { kind: "letters", scores, truncatedTokens: 0 },
        { python: undefined },
      );
      expect(grade).toMatchObject({ gold: golden.label, score: Number(golden.correct) });
    },
  );

  it.each(subjects)(
    "grades all rows of $subject alike",
    async ({ subject, ntrain, rows, correct }) => {
      const { samples } = await load(subject, ntrain);
      const grades = [];
      for (const sample of samples.slice(0, rows)) {
        const scores = hashedLogits(asPandasReads(promptOf(sample)));
        const response = { kind: "letters", scores, truncatedTokens: 0 } as const;
        grades.push(await sample.grade(response, { python: undefined }));
      }
      expect(grades.map(({ score }) => score === 1)).toEqual(correct);
    },
  );
});
