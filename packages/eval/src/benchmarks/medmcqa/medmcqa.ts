import { join } from "node:path";
import type { Benchmark, LoadOptions, Sample, Task } from "../../benchmark.ts";
import { questionLines, type ChoiceQuestion } from "../../choice/choice-question.ts";
import { choiceSample } from "../../choice/choice-sample.ts";
import { examSamples, type Exam, type ExamRows } from "../../choice/exam.ts";
import { firstLetter } from "../../choice/first-letter.ts";
import { keepAll, type PromptPieces } from "../../choice/prompt-pieces.ts";
import { readShots } from "../../choice/shots.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { loadMedmcqa } from "./load-medmcqa.ts";

const DEV_FILE = "dev.json";
const TRAIN_FILE = "train.json";

const EXAM: Exam = { language: "en", subject: "medicine", letters: "ABCD" };

/** MedMCQA: entrance exams of India's medical schools. */
export const medmcqa: Benchmark = {
  name: "medmcqa",
  title: { en: "MedMCQA", zh: "MedMCQA" },
  category: "law-medicine",
  published: "MedMCQA",
  recipes: {
    readme: {
      shots: 5,
      description: {
        en: "the questions of dev with one answer, asked as Baichuan-7B's evaluate_zh.py asks C-Eval: logits of A to D, mean over all questions",
        zh: "仅 dev 的单选题，按 Baichuan-7B 的 evaluate_zh.py（C-Eval）提问：比较 A 至 D 的 logits，对全部题目取平均",
      },
      chosen: {
        en:
          "The first questions of train with one answer are the examples. The prompt has MMLU's header and `Answer:`. " +
          "The README's figures are whole numbers of right answers of all 2816 such questions of dev.",
        zh:
          "以 train 的前几道单选题作为示例。提示使用 MMLU 的开头和 `Answer:`。" +
          "README 的数字与 dev 全部 2816 道单选题上的正确题数相符。",
      },
    },
    "lm-eval": {
      shots: 0,
      description: {
        en: "lm-evaluation-harness: log-likelihood of the letters on all questions of dev",
        zh: "lm-evaluation-harness：在 dev 全部题目上比较字母的对数似然",
      },
      chosen: {
        en: "Examples are the first of train; the original draws others for each question.",
        zh: "示例取 train 的前几题；官方为每题随机抽取。",
      },
    },
  },
  options: ["shots", "letters", "answers", "seed", "heldOutShots"],
  aggregation: "micro",
  groups: {},
  source: {
    url: "https://github.com/medmcqa/medmcqa",
    steps: {
      en: "download the archive that its README links and copy medmcqa/train.json and medmcqa/dev.json (the copy on Hugging Face has another form)",
      zh: "下载其 README 链接的压缩包，复制 medmcqa/train.json 和 medmcqa/dev.json（Hugging Face 上的副本格式不同）",
    },
    licence: "Apache-2.0",
  },
  files: [
    { path: DEV_FILE, rows: 4183 },
    { path: TRAIN_FILE, rows: 182_822 },
  ],
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const { directory, recipe, signal } = options;
  const isReadme = recipe === "readme";
  const file = join(directory, DEV_FILE);
  await selectTasks(options, ["medmcqa"], () => DEV_FILE);
  const read = (from: string) => loadMedmcqa(from, isReadme ? "single" : "all", signal);
  const files = [join(directory, TRAIN_FILE)];
  const shots = options.shots ?? medmcqa.recipes[recipe]?.shots;
  const { notes, ...separate } = await readShots(await read(file), file, {
    ...options,
    shots,
    files,
    read,
  });
  const rows = { ...separate, path: "medmcqa/dev" };
  const samples = isReadme ? examSamples(EXAM, rows, options) : harnessSamples(rows, options);
  return [{ name: "medmcqa", title: medmcqa.title, groups: [], samples, notes }];
}

/** @see lm-evaluation-harness lm_eval/tasks/medmcqa at 4e7e0d4 */
function harnessSamples(
  { shots, asked, path }: ExamRows,
  { letters: ids, answers: mode = "compare" }: LoadOptions,
): Sample[] {
  const examples = shots.map(({ question }) => question);
  return asked.map(({ row, question }) =>
    choiceSample({
      id: `${path}/${row}`,
      question,
      letters: [...EXAM.letters],
      pieces: harnessPrompt(examples, question),
      shorten: keepAll,
      compare:
        ids === undefined ? { kind: "logLikelihood", delimiter: " " } : { kind: "letters", ids },
      mode,
      extract: firstLetter(EXAM.letters),
    }),
  );
}

function harnessPrompt(shots: readonly ChoiceQuestion[], question: ChoiceQuestion): PromptPieces {
  const asked = (one: ChoiceQuestion): string =>
    `Question: ${questionLines({ ...one, question: `${one.question}\nChoices:` })}\nAnswer:`;
  return {
    header: "",
    shots: shots.map((shot) => `${asked(shot)} ${shot.answer}\n\n`),
    query: asked(question),
  };
}
