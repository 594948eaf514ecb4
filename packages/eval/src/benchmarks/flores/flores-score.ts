import type { BenchmarkOptions, CorpusScore, Grade } from "../../benchmark.ts";
import { toBleuTokenizer, type BleuTokenizer } from "../../bleu/bleu-tokenizer.ts";
import { bleuOfStatistics } from "../../bleu/bleu-score.ts";
import { sumStatistics, type BleuStatistics } from "../../bleu/bleu-statistics.ts";
import { bleuSignature, corpusStatistics, sentenceBleu } from "../../bleu/corpus-bleu.ts";

/**
 * How BLEU sees the words of a task. 13a is what OpenCompass has for all languages, though it finds none in Japanese;
 * `ja-mecab` finds Japanese ones only, and the other languages stay with 13a then.
 *
 * @throws {BleuError} for a name that is none.
 */
export function floresTokenizer(
  task: string,
  { tokenize = "13a" }: Pick<BenchmarkOptions, "tokenize">,
): BleuTokenizer {
  const tokenizer = toBleuTokenizer(tokenize);
  return tokenizer === "ja-mecab" && task !== "zh-ja" ? "13a" : tokenizer;
}

/** BLEU of all sentences together. */
export function floresScore(
  task: string,
  options: Pick<BenchmarkOptions, "tokenize">,
): CorpusScore {
  const tokenize = floresTokenizer(task, options);
  const known = new WeakMap<Grade, BleuStatistics>();
  const statisticsOf = (grade: Grade): BleuStatistics => {
    const statistics = known.get(grade) ?? statisticsOfGrade(grade, tokenize);
    known.set(grade, statistics);
    return statistics;
  };
  return {
    signature: `BLEU|${bleuSignature({ tokenize })}`,
    of: (grades) => bleuOfStatistics(sumStatistics(grades.map(statisticsOf))).score,
  };
}

/** Sentences are drawn again and again for an interval: each is read once. */
function statisticsOfGrade({ answer, gold }: Grade, tokenize: BleuTokenizer): BleuStatistics {
  return sumStatistics(corpusStatistics([answer ?? ""], [[gold ?? ""]], { tokenize }));
}

/** BLEU of a sentence, to find good and bad ones by; the task's number is not made of it. */
export function gradeTranslation(answer: string, gold: string, tokenize: BleuTokenizer): Grade {
  const { score } = sentenceBleu(answer, [gold], { tokenize, effectiveOrder: true });
  return { answer, gold, score: Math.min(1, score / 100) };
}
