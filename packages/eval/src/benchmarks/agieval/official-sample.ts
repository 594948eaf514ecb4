import type { LoadOptions, Sample } from "../../benchmark.ts";
import { generationSample } from "../../generation/generation-sample.ts";
import { checkedOption } from "../../options/checked-option.ts";
import { fewShotPrompt, zeroShotPrompt } from "./agieval-prompt.ts";
import { isRight, readAnswer, type AgievalAnswer, type AgievalSetting } from "./extract-answer.ts";
import type { AgievalRow } from "./load-agieval.ts";
import type { AgievalTask } from "./tasks.ts";

/** Tokens of the examples, and of an answer, in the original. */
const MAX_PROMPT_TOKENS = 2048;
const MAX_NEW_TOKENS = 2000;

/** Ends an example; the original's end mark, `<END>`, was meant for a service and is not in its prompts by default. */
const END_OF_EXAMPLE = "\n\n";

/** A task's examples, and how its questions are asked. */
export interface OfficialForm {
  readonly task: AgievalTask;
  readonly setting: AgievalSetting;
  /** Their texts, with numbers. */
  readonly examples: readonly string[];
}

/** A question as AGIEval's own code asks and scores it. */
export function officialSample(
  id: string,
  row: AgievalRow,
  { task, setting, examples }: OfficialForm,
): Sample {
  const isFewShot = setting !== "zero-shot";
  return generationSample({
    id,
    question: [row.passage, row.question, ...row.options].filter((line) => line !== "").join("\n"),
    prompt: ({ countTokens }) =>
      isFewShot
        ? fewShotPrompt(task, row, examples, { maxTokens: MAX_PROMPT_TOKENS, countTokens })
        : zeroShotPrompt(task, row, setting),
    maxNewTokens: MAX_NEW_TOKENS,
    stop: isFewShot ? [END_OF_EXAMPLE] : [],
    gradeText: (output) => {
      const answer = readAnswer(task, setting, output);
      const score = Number(isRight(task, answer, row.label));
      return { answer: shown(answer), gold: shown(row.label) ?? "", score };
    },
  });
}

function shown(answer: AgievalAnswer): string | null {
  const text = typeof answer === "string" ? answer : answer?.join(" ");
  return text === undefined || text === "" ? null : text;
}

/** The setting that `shots` and `prompt` ask for: no shots are zero-shot. */
export function settingOf(
  options: Pick<LoadOptions, "directory" | "shots" | "prompt">,
): AgievalSetting {
  const { shots, prompt: wanted = "few-shot" } = options;
  const prompt = checkedOption("prompt", wanted, ["few-shot", "few-shot-CoT"]);
  return shots === 0 ? "zero-shot" : prompt;
}
