import { describeShared } from "@baichuan2/tooling/golden";
import { join } from "node:path";
import { expect, it } from "vitest";
import { requestOf } from "../../__fixtures__/ask-sample.ts";
import { goldenCases, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import { describeSandbox } from "../../code/__fixtures__/sandbox.ts";
import { passAtK } from "../../code/pass-at-k.ts";
import { completion2023, completionHead, completionHeadBase } from "./extract-completion.ts";
import { humaneval, humanEvalProgram, humanEvalResult } from "./humaneval.ts";
import { loadHumanEval } from "./load-humaneval.ts";

interface ExecCase {
  readonly kind: "exec";
  readonly variant: string;
  readonly task_id: string;
  readonly completion: string;
  readonly passed: boolean;
  readonly result: string;
}

interface PassCase {
  readonly kind: "pass_at_k";
  readonly n: number;
  readonly c: number;
  readonly k: number;
  readonly expected: number;
}

interface MeanCase {
  readonly kind: "pass_at_k_mean";
  readonly n: number[];
  readonly c: number[];
  readonly k: number;
  readonly expected: number;
}

interface ProcessCase {
  readonly kind: "postprocess";
  readonly generation: string;
  readonly opencompass_2023_humaneval_postprocess: string;
  readonly opencompass_head_humaneval_postprocess_v2: string;
  readonly opencompass_head_internal_v2: string;
}

interface PromptCase {
  readonly task: string;
  readonly config: string;
  readonly row: number;
  readonly max_out_len: number;
  readonly prompt_sha256: string;
}

describeShared("HumanEval as the originals score it", "eval/humaneval", () => {
  const cases = goldenCases<ExecCase | PassCase | MeanCase | ProcessCase>("humaneval_exec");
  const directory = sharedRows("humaneval");

  it.each(
    goldenCases<PromptCase>("opencompass_prompts").filter(({ task }) => task === "humaneval"),
  )("has the prompt $config of row $row", async ({ config: prompt, row, ...golden }) => {
    const [task] = await humaneval.load({ directory, recipe: "readme", prompt });
    const request = requestOf(task?.samples[row]);
    if (request?.kind !== "generate") expect.fail("nothing is generated");
    expect(sha256(request.prompt)).toBe(golden.prompt_sha256);
    expect(request.maxNewTokens).toBe(golden.max_out_len);
  });

  it.each(cases.filter((one) => one.kind === "postprocess"))(
    "takes from $generation what OpenCompass takes",
    ({ generation, ...golden }) => {
      expect(completion2023(generation)).toBe(golden.opencompass_2023_humaneval_postprocess);
      expect(completionHead(generation)).toBe(golden.opencompass_head_humaneval_postprocess_v2);
      expect(completionHeadBase(generation)).toBe(golden.opencompass_head_internal_v2);
    },
  );

  it.each(cases.filter((one) => one.kind === "pass_at_k"))(
    "estimates pass@$k of $c of $n",
    ({ n, c, k, expected }) => {
      expect(passAtK(n, c, k)).toBeCloseTo(expected, 12);
    },
  );

  it.each(cases.filter((one) => one.kind === "pass_at_k_mean"))(
    "averages pass@$k over problems",
    ({ n, c, k, expected }) => {
      const each = n.map((count, index) => passAtK(count, c[index] ?? 0, k));
      expect(each.reduce((sum, one) => sum + one, 0) / each.length).toBeCloseTo(expected, 12);
    },
  );

  describeSandbox("run", (python) => {
    it.concurrent.each(cases.filter((one) => one.kind === "exec"))(
      "$task_id, $variant: $result",
      { timeout: 120_000 },
      async ({ task_id: id, completion, passed, result }) => {
        const problems = await loadHumanEval(join(directory, "HumanEval.jsonl.gz"));
        const problem = problems[Number(id.split("/")[1])];
        if (problem === undefined) expect.fail(`there is no ${id}`);
        const outcome = await python.run(humanEvalProgram(problem, completion));
        expect(outcome.status === "passed").toBe(passed);
        // What follows depends on the version of Python.
        expect(humanEvalResult(outcome).split(":")[0]).toBe(result.split(":")[0]);
        if (python.version.startsWith("3.11.")) expect(humanEvalResult(outcome)).toBe(result);
      },
    );

    it("passes the solution of each problem", { timeout: 300_000 }, async () => {
      const problems = await loadHumanEval(join(directory, "HumanEval.jsonl.gz"));
      const outcomes = await Promise.all(
        problems.map((problem) => python.run(humanEvalProgram(problem, problem.solution))),
      );
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["passed"]));
    });
  });
});
