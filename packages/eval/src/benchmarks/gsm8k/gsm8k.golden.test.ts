import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { requestOf } from "../../__fixtures__/ask-sample.ts";
import { goldenCases, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import type { RecipeName } from "../../benchmark.ts";
import { anyNumber, statedNumber } from "./extract-number.ts";
import { gsm8k } from "./gsm8k.ts";
import { LM_EVAL, OFFICIAL, OPENCOMPASS_2023, OPENCOMPASS_HEAD } from "./scorers.ts";

interface PromptCase {
  readonly task: string;
  readonly config: string;
  readonly row: number;
  readonly max_out_len: number;
  readonly prompt: string;
  readonly prompt_sha256: string;
}

interface ExtractCase {
  readonly id: string;
  readonly output: string;
  readonly gold: string;
  readonly reference: string;
  readonly official_extract: string;
  readonly opencompass_2023_extract: string;
  readonly opencompass_2023_correct: boolean;
  readonly opencompass_head_extract: string;
  readonly opencompass_head_correct: boolean;
  readonly lm_eval_strict_5shot: string;
  readonly lm_eval_strict_cot: string;
  readonly lm_eval_flexible: string;
}

/** What the originals say where there is no number. */
const NOTHING: readonly string[] = ["", "NULL", "[invalid]"];

const orNull = (extracted: string): string | null =>
  NOTHING.includes(extracted) ? null : extracted;

describeShared("GSM8K's prompts of OpenCompass", "eval/gsm8k", () => {
  const cases = goldenCases<PromptCase>("opencompass_prompts").filter(
    ({ task }) => task === "gsm8k",
  );

  it.each(cases)("row $row with $config", async ({ config, row, ...golden }) => {
    const directory = sharedRows("gsm8k");
    for (const recipe of ["readme", "opencompass", "opencompass-head"] satisfies RecipeName[]) {
      const [task] = await gsm8k.load({ directory, recipe, prompt: config });
      const request = requestOf(task?.samples[row]);
      expect(request).toMatchObject({ prompt: golden.prompt, maxNewTokens: golden.max_out_len });
      expect(sha256(golden.prompt)).toBe(golden.prompt_sha256);
    }
  });
});

describeShared("GSM8K's answers as the originals read them", "eval-golden", () => {
  it.each(goldenCases<ExtractCase>("gsm8k_extract"))("$id", ({ output, gold, ...golden }) => {
    expect(OFFICIAL.extract(output)).toBe(orNull(golden.official_extract));
    expect(OPENCOMPASS_2023.extract(output)).toBe(orNull(golden.opencompass_2023_extract));
    expect(OPENCOMPASS_HEAD.extract(output)).toBe(orNull(golden.opencompass_head_extract));
    expect(LM_EVAL.extract(output)).toBe(orNull(golden.lm_eval_strict_5shot));
    expect(statedNumber(output)).toBe(orNull(golden.lm_eval_strict_cot));
    expect(anyNumber(output)).toBe(orNull(golden.lm_eval_flexible));
    for (const { goldOf } of [OPENCOMPASS_2023, OPENCOMPASS_HEAD, OFFICIAL, LM_EVAL])
      expect(goldOf(gold)).toBe(golden.reference);
    expect(OPENCOMPASS_2023.isRight(golden.opencompass_2023_extract, golden.reference)).toBe(
      golden.opencompass_2023_correct,
    );
    expect(OPENCOMPASS_HEAD.isRight(golden.opencompass_head_extract, golden.reference)).toBe(
      golden.opencompass_head_correct,
    );
  });
});
