import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { byteTools, promptOf, textsOf } from "../../__fixtures__/ask-sample.ts";
import { goldenCases, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import type { RecipeName, Sample } from "../../benchmark.ts";
import { dropLongest, joinPieces } from "../../choice/prompt-pieces.ts";
import { cmmluPrompt } from "./cmmlu-prompt.ts";
import { cmmlu } from "./cmmlu.ts";
import { extractChoice } from "./extract-choice.ts";
import { loadCmmluSubject } from "./load-cmmlu.ts";
import { CMMLU_SUBJECTS, cmmluGroups } from "./subjects.ts";

interface PromptCase {
  readonly kind: "prompt";
  readonly subject: string;
  readonly row: number;
  readonly num_few_shot: number;
  readonly max_length: number;
  readonly cot: boolean;
  readonly prompt_sha256: string;
  readonly shots_kept: number;
  readonly has_header: boolean;
}

interface ExtractCase {
  readonly kind: "extract_choice";
  readonly output: string;
  readonly expected: string;
}

interface CategoriesCase {
  readonly kind: "categories";
  readonly per_subject: Readonly<Record<string, number>>;
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly expected: Readonly<Record<string, number>>;
  readonly overall: number;
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
  options: { readonly recipe: RecipeName; readonly shots?: number; readonly prompt?: string },
): Promise<readonly Sample[]> {
  const directory = sharedRows("cmmlu");
  const [task] = await cmmlu.load({ directory, tasks: [subject], ...options });
  return task?.samples ?? [];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describeShared("CMMLU as its own code scores it", "eval/cmmlu", () => {
  const cases = goldenCases<PromptCase | ExtractCase | CategoriesCase>("cmmlu_official");
  const prompts = cases.filter((one) => one.kind === "prompt");

  it.each(prompts.filter(({ max_length }) => max_length === 2048))(
    "has the prompt of $subject, row $row, $num_few_shot shots, thoughts: $cot",
    async ({ subject, row, num_few_shot: shots, cot, prompt_sha256 }) => {
      const prompt = cot ? "cot" : "direct";
      const samples = await load(subject, { recipe: "readme", shots, prompt });
      expect(sha256(promptOf(samples[row]))).toBe(prompt_sha256);
    },
  );

  it.each(prompts.filter(({ max_length }) => max_length !== 2048))(
    "shortens the prompt of $subject, row $row, to $max_length tokens",
    async ({ subject, row, max_length, ...golden }) => {
      const { dev, questions } = await loadCmmluSubject(sharedRows("cmmlu"), subject);
      const pieces = cmmluPrompt({ subject, shots: dev, question: questions[row]! });
      const shorter = dropLongest(max_length)(pieces, byteTools.countTokens);
      expect(shorter.shots).toHaveLength(golden.shots_kept);
      expect(shorter.header !== "").toBe(golden.has_header);
      expect(sha256(joinPieces(shorter))).toBe(golden.prompt_sha256);
    },
  );

  it.each(cases.filter((one) => one.kind === "extract_choice"))(
    "finds $expected in $output",
    ({ output, expected }) => {
      expect(extractChoice(output)).toBe(expected);
    },
  );

  it.each(cases.filter((one) => one.kind === "categories"))(
    "counts subjects for the same groups",
    (golden) => {
      const subjects = Object.keys(CMMLU_SUBJECTS);
      const accuracyOf = (subject: string): number => golden.per_subject[subject] as number;
      expect(subjects.toSorted()).toEqual(Object.keys(golden.per_subject).toSorted());
      for (const [group, members] of Object.entries(golden.members)) {
        const ours = subjects.filter((subject) => cmmluGroups(subject).includes(group));
        expect(ours.toSorted()).toEqual(members.toSorted());
        expect(mean(ours.map(accuracyOf))).toBeCloseTo(golden.expected[group] as number, 9);
      }
      expect(mean(subjects.map(accuracyOf))).toBeCloseTo(golden.overall, 9);
    },
  );
});

describeShared("CMMLU as OpenCompass asks it", "eval/cmmlu", () => {
  const cases = goldenCases<OpenCompassCase>("opencompass_prompts");

  it.each(cases.filter(({ task }) => task === "cmmlu ppl"))(
    "has the text of $subject, row $row, that ends with $label",
    async ({ subject, row, label, prompt_sha256 }) => {
      const samples = await load(subject, { recipe: "opencompass" });
      const text = textsOf(samples[row])["ABCD".indexOf(label)];
      expect(sha256(text ?? "")).toBe(prompt_sha256);
    },
  );
});
