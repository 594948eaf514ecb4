import { readFileSync } from "node:fs";
import { describeShared, sharedData } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { generationOf, sampleOf } from "../../__fixtures__/ask-sample.ts";
import { goldenCases, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import { lastBoxed, lastBoxedOrSpaced } from "./boxed.ts";
import { isEquivCopies, isEquivHeadV1, isEquivHeadV2, isEquivHendrycks } from "./equivalence.ts";
import {
  boxedOrSentence,
  finalSentence,
  finalSentence2023,
  minervaAnswer,
} from "./extract-answer.ts";
import { math } from "./math.ts";
import { normalizeMinerva } from "./normalize-answer.ts";
import { ShorthandError } from "./shorthand.ts";
import { stripString } from "./strip-string.ts";

interface PromptCase {
  readonly task: string;
  readonly config: string;
  readonly file: string;
  readonly max_out_len: number;
  readonly prompt_sha256: string;
}

interface EquivalenceCase {
  readonly kind: "equiv";
  readonly id: string;
  readonly a: string | null;
  readonly b: string;
  readonly hendrycks: boolean;
  readonly hendrycks_strip_a: string | null | { readonly raises: string };
  readonly lm_eval_hendrycks: boolean;
  readonly opencompass_2023: boolean;
  readonly opencompass_head_v1: boolean;
  readonly opencompass_head_v2: boolean;
  readonly minerva_normalize_a: string | null;
}

interface PostprocessCase {
  readonly kind: "postprocess";
  readonly id: string;
  readonly generation: string;
  readonly opencompass_2023_math_postprocess: string;
  readonly opencompass_head_math_postprocess: string;
  readonly opencompass_head_math_postprocess_v2: string;
  readonly lm_eval_minerva: string;
}

interface GoldCase {
  readonly kind: "gold";
  readonly id: string;
  readonly file: string;
  readonly answer_hendrycks: string;
  readonly answer_lm_eval: string;
  readonly self_equiv: boolean;
}

describeShared("MATH's prompts of OpenCompass", "eval/math", () => {
  const cases = goldenCases<PromptCase>("opencompass_prompts").filter(
    ({ task }) => task === "math",
  );

  it.each(cases)("$file with $config", async ({ config, file, ...golden }) => {
    const [, subject = "", number = ""] = /(\w+)\/(\d+)\.json$/.exec(file) ?? [];
    for (const recipe of ["readme", "opencompass", "opencompass-head"] as const) {
      const options = { directory: sharedRows("math"), recipe, tasks: [subject] };
      const tasks = await math.load({ ...options, prompt: config });
      const request = generationOf(sampleOf(tasks, `${subject}/test/${number}`));
      expect(sha256(request.prompt)).toBe(golden.prompt_sha256);
      expect(request.maxNewTokens).toBe(golden.max_out_len);
    }
  });

  it("all rows beside the clone are read by all recipes", async () => {
    for (const recipe of ["readme", "official", "lm-eval"] as const) {
      const tasks = await math.load({ directory: sharedRows("math"), recipe });
      expect(tasks.map(({ samples }) => samples.length)).toEqual([60, 60, 60, 60, 60, 60, 60]);
    }
  });
});

describeShared("MATH's answers as the originals compare them", "eval-golden", () => {
  const cases = goldenCases<EquivalenceCase | PostprocessCase | GoldCase>("math_equivalence");
  const pairs = cases.filter((one) => one.kind === "equiv");
  const generations = cases.filter((one) => one.kind === "postprocess");
  const golds = cases.filter((one) => one.kind === "gold");

  it.each(pairs)("$id: $a and $b", ({ a, b, ...golden }) => {
    expect(isEquivHendrycks(a, b)).toBe(golden.hendrycks);
    expect(isEquivCopies(a, b)).toBe(golden.lm_eval_hendrycks);
    expect(isEquivCopies(a, b)).toBe(golden.opencompass_2023);
    expect(isEquivHeadV1(a, b)).toBe(golden.opencompass_head_v1);
    expect(isEquivHeadV2(a, b)).toBe(golden.opencompass_head_v2);
    expect(a ? normalizeMinerva(a) : null).toBe(golden.minerva_normalize_a);
    if (a === null) return;
    if (typeof golden.hendrycks_strip_a === "string")
      expect(stripString(a)).toBe(golden.hendrycks_strip_a);
    else expect(() => stripString(a)).toThrow(ShorthandError);
  });

  it.each(generations)("$id: $generation", ({ generation, ...golden }) => {
    expect(finalSentence2023(generation)).toBe(golden.opencompass_2023_math_postprocess);
    expect(finalSentence(generation)).toBe(golden.opencompass_head_math_postprocess);
    expect(boxedOrSentence(generation)).toBe(golden.opencompass_head_math_postprocess_v2);
    expect(minervaAnswer(generation) ?? "[invalidanswer]").toBe(golden.lm_eval_minerva);
  });

  it.each(golds)("$id: the answer of $file", ({ file, ...golden }) => {
    const text = readFileSync(sharedData(`eval/${file}`), "utf8");
    const { solution } = JSON.parse(text) as { readonly solution: string };
    expect(lastBoxed(solution)).toBe(golden.answer_hendrycks);
    expect(lastBoxedOrSpaced(solution)).toBe(golden.answer_lm_eval);
    expect(isEquivHendrycks(lastBoxed(solution), lastBoxed(solution))).toBe(golden.self_equiv);
  });
});
