import type { Benchmark, Recipe } from "../../benchmark.ts";
import { FLORES_SHOTS, loadFlores } from "./flores-task.ts";
import { floresScore } from "./flores-score.ts";
import { CHINESE, TARGETS } from "./languages.ts";
import { FLORES_101, floresPath } from "./load-flores.ts";
import { firstSentences, type ShotRetriever } from "./shot-retriever.ts";

/** Sentences of FLORES-101's parts. */
const ROWS = { dev: 997, devtest: 1012 } as const;

const CHOSEN: Recipe["chosen"] = {
  en:
    "OpenCompass translates from and to English only: the other directions are its prompts with the languages changed. " +
    "Examples are the first of dev for all sentences, where OpenCompass takes the nearest by the vectors of all-mpnet-base-v2",
  zh:
    "OpenCompass 只有与英语互译的配置，其余方向沿用其提示并替换语言名；" +
    "示例固定取 dev 的前几句，而 OpenCompass 按 all-mpnet-base-v2 的向量取最相近的句子",
};

const RECIPE = {
  shots: FLORES_SHOTS,
  chosen: CHOSEN,
};

/** FLORES-101 from Chinese into seven languages, with examples that a retriever chooses. */
export function createFlores(retriever: ShotRetriever = firstSentences): Benchmark {
  return {
    name: "flores",
    title: { en: "FLORES-101", zh: "FLORES-101" },
    category: "multilingual",
    published: "Average",
    recipes: {
      readme: {
        ...RECIPE,
        description: {
          en: "OpenCompass of the release day, which the README refers to: first 100 sentences of devtest, BLEU with 13a's words for all languages, mean of the seven",
          zh: "README 所引用的发布当日的 OpenCompass：devtest 的前 100 句，各语言均以 13a 分词计算 BLEU，取七个方向的平均",
        },
      },
      opencompass: {
        ...RECIPE,
        description: {
          en: "as readme; prompts flores_gen_aad4fd, for base models, and 806ede",
          zh: "与 readme 相同；提示为用于基座模型的 flores_gen_aad4fd 与 806ede",
        },
      },
    },
    options: ["shots", "split", "prompt", "heldOutShots", "tokenize"],
    aggregation: "macro",
    groups: {},
    source: {
      url: "https://github.com/facebookresearch/flores/tree/main/previous_releases/flores101",
      steps: {
        en: "download flores101_dataset.tar.gz, which the page links, and unpack it: flores/flores101_dataset/{dev,devtest}/*.{dev,devtest}. FLORES-200's flores200_dataset, with the same sentences, does as well",
        zh: "下载该页链接的 flores101_dataset.tar.gz 并解压：flores/flores101_dataset/{dev,devtest}/*.{dev,devtest}。句子相同的 FLORES-200（flores200_dataset）亦可",
      },
      licence: "CC BY-SA 4.0",
    },
    files: [CHINESE, ...Object.values(TARGETS)].flatMap((language) =>
      (["dev", "devtest"] as const).map((part) => ({
        path: floresPath(FLORES_101, part, language),
        rows: ROWS[part],
      })),
    ),
    corpusScore: floresScore,
    load: (options) => loadFlores(options, retriever),
  };
}

/** FLORES-101 from Chinese into seven languages. */
export const flores: Benchmark = createFlores();
