import { join } from "node:path";
import type { Benchmark, LoadOptions, Sample, Task } from "../../benchmark.ts";
import { choosePrompt } from "../../options/choose-prompt.ts";
import { codeSample, samplingOf } from "../../code/code-sample.ts";
import type { PythonOutcome, PythonProgram } from "../../code/python-runner.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { HUMANEVAL_PROMPTS, type HumanEvalPrompt } from "./humaneval-prompt.ts";
import { loadHumanEval, type HumanEvalProblem } from "./load-humaneval.ts";

const NAME = "humaneval";
const FILE = "HumanEval.jsonl.gz";
const PROBLEMS = 164;

/** Of a program, in the original. */
const TIMEOUT_SECONDS = 3;

/** HumanEval: 164 functions in Python, of which the signature and a description are given. */
export const humaneval: Benchmark = {
  name: NAME,
  title: { en: "HumanEval", zh: "HumanEval" },
  category: "math-code",
  published: "HumanEval",
  recipes: {
    readme: {
      shots: 0,
      description: {
        en: "OpenCompass of 2023-09-06, humaneval_gen_8e312c: one greedy answer, cut at the first blank line; part that passes the tests",
        zh: "2023-09-06 的 OpenCompass，humaneval_gen_8e312c：贪心生成一个答案，在第一个空行处截断；通过测试的比例",
      },
    },
    official: {
      shots: 0,
      description: {
        en: "human-eval and its paper: the prompt alone, the answer as it is, up to the next statement outside of the function",
        zh: "human-eval 及其论文：只用原提示，答案不作处理，到函数之外的下一条语句为止",
      },
      chosen: {
        en: "512 tokens at most; one greedy answer unless `samples` asks for more",
        zh: "至多 512 个 token；除非用 `samples` 指定更多，否则贪心生成一个答案",
      },
    },
    opencompass: {
      shots: 0,
      description: {
        en: "the same as readme; prompts 8e312c, a82cae (without an instruction), 6f294d",
        zh: "与 readme 相同；提示可选 8e312c、a82cae（无指令）、6f294d",
      },
    },
    "opencompass-head": {
      shots: 0,
      description: {
        en: "OpenCompass of 2026, dcae0e: the whole function is asked for, and the first block between fences is taken; ce6b06 is for base models",
        zh: "2026 年的 OpenCompass，dcae0e：要求写出整个函数，取第一个代码块；ce6b06 用于基座模型",
      },
      chosen: {
        en: "dcae0e names no limit of tokens: 1024; programs run as in human-eval, not in OpenCompass's own copy of it",
        zh: "dcae0e 未规定 token 上限：取 1024；程序按 human-eval 的方式运行，而不是 OpenCompass 自己的版本",
      },
    },
    "lm-eval": {
      shots: 0,
      description: {
        en: "lm-evaluation-harness humaneval: the prompt alone, up to the next statement outside of the function, 1024 tokens",
        zh: "lm-evaluation-harness humaneval：只用原提示，到函数之外的下一条语句为止，1024 个 token",
      },
    },
  },
  runsCode: true,
  options: ["prompt", "samples", "temperature", "seed"],
  source: {
    url: "https://github.com/openai/human-eval",
    steps: {
      en: "download data/HumanEval.jsonl.gz: humaneval/HumanEval.jsonl.gz",
      zh: "下载 data/HumanEval.jsonl.gz：humaneval/HumanEval.jsonl.gz",
    },
    licence: "MIT",
  },
  files: [{ path: FILE, rows: PROBLEMS }],
  aggregation: "micro",
  groups: {},
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const file = join(options.directory, FILE);
  await selectTasks(options, [NAME], () => FILE);
  const prompt = choosePrompt(options, HUMANEVAL_PROMPTS[options.recipe]);
  const problems = await loadHumanEval(file, options.signal);
  const isWhole = problems.length === PROBLEMS;
  return [
    {
      name: NAME,
      title: humaneval.title,
      groups: [],
      samples: problems.map((problem, row) => toSample(problem, row, prompt, options)),
      ...(!isWhole && { notes: [`${FILE} has ${problems.length} of ${PROBLEMS} problems`] }),
    },
  ];
}

function toSample(
  problem: HumanEvalProblem,
  row: number,
  { instruction, maxNewTokens, stop, completionOf }: HumanEvalPrompt,
  options: LoadOptions,
): Sample {
  return codeSample({
    benchmark: NAME,
    id: `${NAME}/test/${row}`,
    question: problem.prompt,
    gold: problem.solution,
    prompt: `${instruction}${problem.prompt}`,
    maxNewTokens,
    stop,
    sampling: samplingOf(options),
    codeOf: completionOf,
    programOf: (completion) => humanEvalProgram(problem, completion),
    noteOf: humanEvalResult,
  });
}

/**
 * The program that decides about a completion.
 *
 * @see human-eval human_eval/execution.py `check_correctness` at 6d43fb9
 */
export function humanEvalProgram(
  { prompt, test, entryPoint }: Omit<HumanEvalProblem, "solution">,
  completion: string,
): PythonProgram {
  const source = `${prompt}${completion}\n${test}\ncheck(${entryPoint})`;
  return { source, timeoutSeconds: TIMEOUT_SECONDS, isGuarded: true };
}

/** What human-eval calls an outcome. */
export function humanEvalResult({ status, message }: PythonOutcome): string {
  return status === "failed" ? `failed: ${message}` : status;
}
