import { describeShared } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { goldenCases, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import { joinPieces } from "../../choice/prompt-pieces.ts";
import { flores } from "./flores.ts";
import { FLORES_PROMPTS, floresPieces, type SentencePair } from "./flores-prompt.ts";
import { TARGETS, type TargetLanguage } from "./languages.ts";
import { findRelease, readPairs } from "./load-flores.ts";

interface PromptCase {
  readonly id: string;
  /** `flores zho_simpl-eng` */
  readonly task: string;
  /** `806ede`, perhaps with a remark. */
  readonly config: string;
  readonly row: number;
  readonly ice_rows_of_same_file: number[];
  readonly prompt: string;
  readonly prompt_sha256: string;
}

async function pairsOf(target: TargetLanguage): Promise<SentencePair[]> {
  const directory = sharedRows("flores");
  return await readPairs(directory, await findRelease(directory), "devtest", { target });
}

describe("FLORES as OpenCompass asks it", () => {
  describeShared("prompts", "eval-golden/opencompass_prompts.json", () => {
    const cases = goldenCases<PromptCase>("opencompass_prompts").filter(({ task }) =>
      task.startsWith("flores "),
    );

    it("has ten of them", () => {
      expect(cases).toHaveLength(10);
    });

    it.each(cases)("has the prompt of $task, $config, $id", async (golden) => {
      const target = Object.values(TARGETS).find(({ code101 }) => golden.task.endsWith(code101))!;
      const prompt = FLORES_PROMPTS.find(({ name }) => golden.config.startsWith(name))!;
      const pairs = await pairsOf(target);
      const shots = golden.ice_rows_of_same_file.map((row) => pairs[row]!);
      const { source } = pairs[golden.row]!;
      const text = joinPieces(floresPieces(prompt, target, { shots, source }));
      expect(text).toBe(golden.prompt);
      expect(sha256(text)).toBe(golden.prompt_sha256);
    });
  });

  describeShared("rows", "eval/flores", () => {
    const options = {
      directory: sharedRows("flores"),
      recipe: "readme",
      heldOutShots: true,
    } as const;

    it("asks 100 sentences in each of seven directions", async () => {
      const tasks = await flores.load(options);
      expect(tasks.map(({ name }) => name)).toEqual(Object.keys(TARGETS));
      expect(tasks.map(({ samples }) => samples.length)).toEqual([
        100, 100, 100, 100, 100, 100, 100,
      ]);
      expect(tasks[0]?.notes).toEqual([
        "examples: the first 8 sentences of devtest from row 100 on, which is not asked",
      ]);
    });

    it("asks all sentences that are no examples", async () => {
      // 506 rows of the 1,012 are beside this clone
      const [task] = await flores.load({ ...options, split: "devtest", tasks: ["zh-de"] });
      expect(task?.samples).toHaveLength(498);
    });
  });
});
