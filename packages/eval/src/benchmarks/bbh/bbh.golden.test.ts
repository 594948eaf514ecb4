import { readFileSync } from "node:fs";
import { describeShared, hasSharedData, sharedData } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { generationOf } from "../../__fixtures__/ask-sample.ts";
import { goldenCases, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import { bbh } from "./bbh.ts";
import { LM_EVAL, OFFICIAL, OPENCOMPASS_2023, OPENCOMPASS_HEAD, type Scorer } from "./scorers.ts";
import { BBH_TASKS, type AnswerKind } from "./tasks.ts";

interface PromptCase {
  readonly task: string;
  readonly subtask: string;
  readonly row: number;
  readonly max_out_len: number;
  readonly prompt: string | null;
  readonly prompt_sha256: string;
}

interface ExtractCase {
  readonly id: string;
  readonly kind: "handmade" | "real code-davinci-002 CoT output";
  readonly task_kind: "mcq" | "freeform";
  readonly task: string;
  readonly prediction: string;
  readonly target: string;
  readonly opencompass_2023_extract: string;
  readonly opencompass_2023_correct: boolean;
  readonly opencompass_head_extract: string;
  readonly opencompass_head_correct: boolean;
  readonly lm_eval_extract: string;
  readonly lm_eval_correct: boolean;
}

interface TaskCase {
  readonly kind: "task_score_over_all_real_outputs";
  readonly task: string;
  readonly n: number;
  readonly opencompass_2023: number;
  readonly opencompass_head: number;
  readonly lm_eval: number;
  readonly authors_metrics: string;
}

interface Output {
  readonly prediction: string;
  readonly target: string;
}

/** Of most tasks, they are not beside the clone. */
const outputsPath = (task: string): string => `eval/bbh/code-davinci-002-cot/${task}.json`;

const kindOf = (task: string): AnswerKind => BBH_TASKS[task]?.kind ?? "free";

function isRight(scorer: Scorer, { prediction, target }: Output, kind: AnswerKind): boolean {
  const answer = scorer.extract(prediction, kind);
  return answer !== null && scorer.isRight(answer, scorer.goldOf(target, kind), kind);
}

describeShared("BBH's prompts of OpenCompass", "eval/bbh", () => {
  const cases = goldenCases<PromptCase>("opencompass_prompts").filter(({ task }) => task === "bbh");

  it.each(cases)("$subtask, row $row, with the canary lines", async ({ subtask, ...golden }) => {
    const options = { directory: sharedRows("bbh"), recipe: "readme", tasks: [subtask] } as const;
    const [task] = await bbh.load({ ...options, prompt: "with-canary" });
    const { prompt, maxNewTokens } = generationOf(task?.samples[golden.row]);
    expect(sha256(prompt)).toBe(golden.prompt_sha256);
    expect(maxNewTokens).toBe(golden.max_out_len);
    const [without] = await bbh.load(options);
    const canary = /BENCHMARK DATA SHOULD NEVER .*\n-----\n/;
    expect(generationOf(without?.samples[golden.row]).prompt).toBe(prompt.replace(canary, ""));
  });
});

describeShared("BBH's rows", "eval/bbh", () => {
  it("are as many as published, with three examples each", async () => {
    const tasks = await bbh.load({ directory: sharedRows("bbh"), recipe: "lm-eval" });
    for (const { name, samples } of tasks) expect(samples).toHaveLength(BBH_TASKS[name]?.rows ?? 0);
    for (const { path, sha256: published } of bbh.files)
      if (published !== undefined)
        expect(sha256(readFileSync(sharedData(`eval/bbh/${path}`), "utf8"))).toBe(published);
  });

  it("have an answer in each example", async () => {
    const options = { directory: sharedRows("bbh"), recipe: "official", direct: true } as const;
    for (const { samples } of await bbh.load(options))
      expect(generationOf(samples[0]).prompt).not.toMatch(/step by step|answer is/);
  });
});

describeShared("BBH's answers as the originals read them", "eval-golden", () => {
  const cases = goldenCases<ExtractCase | TaskCase>("bbh_extract");
  const outputs = cases.filter((one) => one.kind !== "task_score_over_all_real_outputs");
  const tasks = cases
    .filter((one) => one.kind === "task_score_over_all_real_outputs")
    .filter(({ task }) => hasSharedData(outputsPath(task)));

  it.each(outputs)("$id of $task", ({ task, task_kind, prediction, target, ...golden }) => {
    const kind = kindOf(task);
    expect(kind).toBe(task_kind === "mcq" ? "choice" : "free");
    expect(OPENCOMPASS_2023.extract(prediction, kind)).toBe(golden.opencompass_2023_extract);
    expect(OPENCOMPASS_HEAD.extract(prediction, kind)).toBe(golden.opencompass_head_extract);
    expect(LM_EVAL.extract(prediction, kind) ?? "[invalid]").toBe(golden.lm_eval_extract);
    const output = { prediction, target };
    expect(isRight(OPENCOMPASS_2023, output, kind)).toBe(golden.opencompass_2023_correct);
    expect(isRight(OPENCOMPASS_HEAD, output, kind)).toBe(golden.opencompass_head_correct);
    expect(isRight(LM_EVAL, output, kind)).toBe(golden.lm_eval_correct);
  });

  it.each(tasks)("all outputs of $task", ({ task, n, ...golden }) => {
    const path = outputsPath(task);
    const file = JSON.parse(readFileSync(sharedData(path), "utf8")) as { outputs: Output[] };
    expect(file.outputs).toHaveLength(n);
    const percent = (scorer: Scorer): number =>
      (100 * file.outputs.filter((output) => isRight(scorer, output, kindOf(task))).length) / n;
    const authors = JSON.parse(golden.authors_metrics) as { readonly accuracy: number };
    expect(percent(OPENCOMPASS_2023)).toBeCloseTo(golden.opencompass_2023, 9);
    expect(percent(OPENCOMPASS_HEAD)).toBeCloseTo(golden.opencompass_head, 9);
    expect(percent(LM_EVAL)).toBeCloseTo(golden.lm_eval, 9);
    expect(percent(OFFICIAL)).toBeCloseTo(authors.accuracy, 9);
  });
});
