import type { ChatMessage } from "@baichuan2/model";
import { invalidRequest } from "../../errors/api-error.ts";
import { enterRequest } from "../../engine/run-request.ts";
import type { ServerContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import type { ServerState } from "../../server-state.ts";
import { decisionAnswer } from "./decision-answer.ts";
import { decisionPrompts } from "./decision-prompt.ts";
import { decisionsSchema, type Question } from "./decisions-schema.ts";
import { labelsOf } from "./labels.ts";

/** `POST /v1/decisions`: answers from how likely the model finds each label, behind a beginning that all questions share. */
export async function postDecisions(state: ServerState, c: ServerContext): Promise<Response> {
  const { served, settings } = state;
  const request = await readBody(c, decisionsSchema, settings.isStrict);
  const { id, adapter } = served.choose(request.model);
  const { questions } = request;
  for (const [index, question] of questions.entries()) checkOptions(question, index);
  const prompts = decisionPrompts(request).map((messages) => promptOf(state, messages));
  using running = enterRequest(state, c, Math.min(questions.length, settings.maxSequences));
  const answers = await Promise.all(
    questions.map(async (question, i) => {
      const tokenIds = prompts[i] ?? [];
      const labels = labelsOf(question).map((label) => ({ tokenIds: idsOf(state, label) }));
      const call = { signal: running.signal, adapter };
      const scores = await served.model.score({ tokenIds }, labels, call);
      return decisionAnswer(
        question,
        scores.map(({ logLikelihood }) => logLikelihood),
      );
    }),
  );
  const promptTokens = prompts.reduce((sum, ids) => sum + ids.length, 0);
  Object.assign(c.var.facts, { model: id, promptTokens });
  return c.json({
    object: "decision",
    model: id,
    answers,
    usage: {
      input_tokens: promptTokens,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: 0,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: promptTokens,
    },
  });
}

/** A decision is one token long. */
function promptOf({ served }: ServerState, messages: readonly ChatMessage[]): readonly number[] {
  return served.model.promptIds({ messages }, { maxNewTokens: 4 });
}

/** Letter by letter, so that labels of one length have as many tokens; words as they are. */
function idsOf({ served: { tokenizer } }: ServerState, label: string): number[] {
  const parts = /^[A-Z]+$/.test(label) ? [...label] : [label];
  return parts.flatMap((part) => tokenizer.encode(part));
}

function checkOptions(question: Question, index: number): void {
  if (question.type === "predicate") return;
  const options =
    question.type === "choice"
      ? question.choices.map(({ value }) => JSON.stringify(value))
      : question.levels.map(({ label }) => JSON.stringify(label));
  const twice = options.find((option, i) => options.indexOf(option) !== i);
  if (twice === undefined) return;
  const param = `questions[${index}].${question.type === "choice" ? "choices" : "levels"}`;
  throw invalidRequest(`${param}: expected different ones, got ${twice} twice`, { param });
}
