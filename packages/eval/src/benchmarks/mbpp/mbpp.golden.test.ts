import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { requestOf } from "../../__fixtures__/ask-sample.ts";
import { generated } from "../../__fixtures__/grade-sample.ts";
import { goldenCases, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import type { Sample } from "../../benchmark.ts";
import { describeSandbox } from "../../code/__fixtures__/sandbox.ts";
import { code2023, codeHead } from "./extract-code.ts";
import { mbpp } from "./mbpp.ts";

interface ScoreCase {
  readonly kind: "score";
  readonly task_id: number;
  readonly variant: number;
  readonly generation: string;
  readonly opencompass_2023_processed: string;
  readonly opencompass_2023_result: string;
  readonly opencompass_head_processed: string;
}

interface PromptCase {
  readonly task: string;
  readonly config: string;
  readonly row: number;
  readonly max_out_len: number;
  readonly prompt_sha256: string;
}

describeShared("MBPP as OpenCompass scores it", "eval/mbpp", () => {
  const cases = goldenCases<ScoreCase>("mbpp_score");
  const directory = sharedRows("mbpp");

  const sampleOf = async (row: number, prompt?: string): Promise<Sample> => {
    const [task] = await mbpp.load({ directory, recipe: "readme", prompt });
    const sample = task?.samples.find(({ id }) => id === `mbpp/test/${row}`);
    return sample ?? expect.fail(`there is no row ${row}`);
  };

  it.each(goldenCases<PromptCase>("opencompass_prompts").filter(({ task }) => task === "mbpp"))(
    "has the prompt $config of row $row",
    async ({ config, row, ...golden }) => {
      const request = requestOf(await sampleOf(row, config));
      if (request.kind !== "generate") expect.fail("nothing is generated");
      expect(sha256(request.prompt)).toBe(golden.prompt_sha256);
      expect(request.maxNewTokens).toBe(golden.max_out_len);
    },
  );

  it.each(cases)(
    "takes from answer $variant to problem $task_id what OpenCompass takes",
    ({ generation, ...golden }) => {
      expect(code2023(generation)).toBe(golden.opencompass_2023_processed);
      expect(codeHead(generation)).toBe(golden.opencompass_head_processed);
    },
  );

  describeSandbox("run", (python) => {
    it.concurrent.each(cases)(
      "answer $variant to problem $task_id: $opencompass_2023_result",
      { timeout: 120_000 },
      async ({ task_id: id, generation, opencompass_2023_result: result }) => {
        const grade = await (await sampleOf(id - 1)).grade(generated(generation), { python });
        expect(grade).toMatchObject({ note: result, score: Number(result === "pass") });
      },
    );
  });
});
