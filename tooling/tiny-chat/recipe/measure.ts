import type { ChatMessage, Model } from "@baichuan2/model";
import type { Draws } from "./draws.ts";
import type { Exchange, Question } from "./question.ts";

/** How many answers were exact. */
export interface Score {
  readonly exact: number;
  readonly asked: number;
  /** What was answered instead; each with its question. */
  readonly wrong: readonly (Exchange & { readonly got: string })[];
}

/** Questions that run together. */
const TOGETHER = 32;

/** The likeliest token each time, whatever the checkpoint's settings; longer than any answer of the data. */
const greedy = { doSample: false, repetitionPenalty: 1, maxNewTokens: 64 } as const;

/**
 * Asks questions, each as a conversation of its own, and counts the answers that are exactly the expected ones.
 *
 * @param history - What was said before; default: nothing.
 */
export async function measure(
  model: Model,
  exchanges: readonly Exchange[],
  history: (index: number) => readonly ChatMessage[] = () => [],
): Promise<Score> {
  const wrong: Score["wrong"][number][] = [];
  for (let start = 0; start < exchanges.length; start += TOGETHER) {
    const asked = exchanges.slice(start, start + TOGETHER);
    const answers = await Promise.all(
      asked.map(({ question }, i) =>
        model.chat([...history(start + i), { role: "user", content: question }], greedy),
      ),
    );
    for (const [i, exchange] of asked.entries()) {
      const got = answers[i] ?? "";
      if (got !== exchange.answer) wrong.push({ ...exchange, got });
    }
  }
  return { exact: exchanges.length - wrong.length, asked: exchanges.length, wrong };
}

/** Two turns that come before a question: others' questions with their answers. */
export function earlierTurns(questions: readonly Question[], draws: Draws): ChatMessage[] {
  return [draws.pick(questions), draws.pick(questions)].flatMap(({ seen }) => {
    const { question, answer } = draws.pick(seen);
    return [
      { role: "user" as const, content: question },
      { role: "assistant" as const, content: answer },
    ];
  });
}

/** The share of exact answers. */
export function share({ exact, asked }: Pick<Score, "exact" | "asked">): number {
  return exact / Math.max(1, asked);
}
