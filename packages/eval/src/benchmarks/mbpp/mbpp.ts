import { join } from "node:path";
import type { Benchmark, LoadOptions, Sample, Task } from "../../benchmark.ts";
import { choosePrompt } from "../../options/choose-prompt.ts";
import { codeSample, samplingOf } from "../../code/code-sample.ts";
import type { PythonOutcome } from "../../code/python-runner.ts";
import { firstShots } from "../../options/first-shots.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { loadMbpp, MBPP_ROWS, type MbppProblem } from "./load-mbpp.ts";
import { MBPP_RECIPES, type MbppRecipe } from "./mbpp-recipes.ts";

const NAME = "mbpp";
const FILE = "mbpp.jsonl";
const ROWS = 974;
const SHOTS = 3;

/** MBPP: short functions in Python, of which a sentence and three tests are given. */
export const mbpp: Benchmark = {
  name: NAME,
  title: { en: "MBPP", zh: "MBPP" },
  category: "math-code",
  published: "MBPP",
  recipes: {
    readme: {
      shots: SHOTS,
      description: {
        en: "OpenCompass of 2023-09-06, mbpp_gen_1e1056: problems 11 to 510, one greedy answer, 2 seconds; part that passes the tests",
        zh: "2023-09-06 的 OpenCompass，mbpp_gen_1e1056：第 11 至 510 题，贪心生成一个答案，限时 2 秒；通过测试的比例",
      },
    },
    official: {
      shots: SHOTS,
      description: {
        en: "the prompt of the paper, the answer up to [DONE] as it is",
        zh: "论文中的提示，答案取到 [DONE] 为止，不作处理",
      },
      chosen: {
        en: "a blank line between examples; 512 tokens at most; 3 seconds; one greedy answer unless `samples` asks for more",
        zh: "示例之间空一行；至多 512 个 token；限时 3 秒；除非用 `samples` 指定更多，否则贪心生成一个答案",
      },
    },
    opencompass: {
      shots: SHOTS,
      description: {
        en: "the same as readme; prompts 1e1056, 6590b0 (one text, without the line ends between its parts)",
        zh: "与 readme 相同；提示可选 1e1056、6590b0（整段文本，各部分之间无换行）",
      },
    },
    "opencompass-head": {
      shots: SHOTS,
      description: {
        en: "OpenCompass of 2026, mbpp_gen_830460: code is also found between fences, 10 seconds",
        zh: "2026 年的 OpenCompass，mbpp_gen_830460：也从代码块中取代码，限时 10 秒",
      },
      chosen: {
        en: "tests compare as Python does (True == 1), not by type",
        zh: "测试按 Python 的相等判断（True == 1），不按类型比较",
      },
    },
    "lm-eval": {
      shots: SHOTS,
      description: {
        en: "lm-evaluation-harness mbpp: the prompt of the paper, the answer up to [DONE] as it is, 256 tokens, 3 seconds",
        zh: "lm-evaluation-harness mbpp：论文中的提示，答案取到 [DONE] 为止，不作处理，256 个 token，限时 3 秒",
      },
    },
  },
  runsCode: true,
  options: ["shots", "prompt", "samples", "temperature", "seed"],
  source: {
    url: "https://github.com/google-research/google-research/tree/master/mbpp",
    steps: {
      en: "download mbpp.jsonl: mbpp/mbpp.jsonl",
      zh: "下载 mbpp.jsonl：mbpp/mbpp.jsonl",
    },
    licence: "CC BY 4.0",
  },
  files: [{ path: FILE, rows: ROWS }],
  aggregation: "micro",
  groups: {},
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const file = join(options.directory, FILE);
  await selectTasks(options, [NAME], () => FILE);
  const recipe = choosePrompt(options, MBPP_RECIPES[options.recipe]);
  const { shots, questions, rows } = await loadMbpp(file, options.signal);
  const taken = firstShots(shots, options.shots ?? SHOTS, file);
  return [
    {
      name: NAME,
      title: mbpp.title,
      groups: [],
      samples: questions.map((question, index) =>
        toSample({ shots: taken, question }, index, recipe, options),
      ),
      ...(rows < MBPP_ROWS.end && { notes: [`${FILE} has ${rows} of ${ROWS} problems`] }),
    },
  ];
}

function toSample(
  examples: { readonly shots: readonly MbppProblem[]; readonly question: MbppProblem },
  index: number,
  { promptOf, maxNewTokens, stop, codeOf, timeoutSeconds, isGuarded }: MbppRecipe,
  options: LoadOptions,
): Sample {
  const { text, code: gold, tests } = examples.question;
  return codeSample({
    benchmark: NAME,
    id: `${NAME}/test/${MBPP_ROWS.first + index}`,
    question: text,
    gold,
    prompt: promptOf(examples),
    maxNewTokens,
    stop,
    sampling: samplingOf(options),
    codeOf,
    programOf: (code) => ({ source: `${code}\n${tests.join("\n")}`, timeoutSeconds, isGuarded }),
    noteOf: mbppResult,
  });
}

/** What OpenCompass calls an outcome. */
function mbppResult({ status, exception }: PythonOutcome): string {
  if (status === "passed") return "pass";
  if (status === "timed out") return "timeout";
  return exception.includes("AssertionError") ? "wrong_answer" : "failed";
}
