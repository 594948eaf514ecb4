import { tokenLogprobs, type ChatMessage } from "@baichuan2/model";
import pMap from "p-map";
import { invalidRequest } from "../../errors/api-error.ts";
import { enterRequest } from "../../engine/run-request.ts";
import type { ServerContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import type { ServerState } from "../../server-state.ts";
import { decisionAnswer } from "./decision-answer.ts";
import { decisionPrompts } from "./decision-prompt.ts";
import { decisionsSchema, type Question } from "./decisions-schema.ts";
import { labelSteps, type LabelStep } from "./label-tree.ts";
import { labelsOf } from "./labels.ts";

/** `POST /v1/decisions`: answers from how likely the model finds each label, behind a beginning that all questions share. */
export async function postDecisions(state: ServerState, c: ServerContext): Promise<Response> {
  const { served, settings } = state;
  const request = await readBody(c, decisionsSchema, settings.isStrict);
  const { id, adapter } = served.choose(request.model);
  const { questions } = request;
  for (const [index, question] of questions.entries()) checkOptions(question, index);
  const prompts = decisionPrompts(request).map((messages) => promptOf(state, messages));
  const tasks = questions.flatMap((question, index) => stepsOf(state, question, index));
  const concurrency = Math.min(tasks.length, settings.maxSequences);
  using running = enterRequest(state, c, concurrency);
  const { signal } = running;
  const scores = questions.map((question) => labelsOf(question).map(() => 0));
  await pMap(
    tasks,
    async ({ question, prefix, next }) => {
      const tokenIds = [...(prompts[question] ?? []), ...prefix];
      const { data } = await served.model.logits(tokenIds, { last: true, signal, adapter });
      const own = scores[question] ?? [];
      const ids = next.map(({ tokenId }) => tokenId);
      for (const [i, logprob] of tokenLogprobs(data, ids).entries()) {
        const { label = 0 } = next[i] ?? {};
        own[label] = (own[label] ?? 0) + logprob;
      }
    },
    { concurrency, signal },
  );
  const promptTokens = prompts.reduce((sum, ids) => sum + ids.length, 0);
  Object.assign(c.var.facts, { model: id, promptTokens });
  const answers = questions.map((question, i) => decisionAnswer(question, scores[i] ?? []));
  return c.json({ object: "decision", model: id, answers, usage: usageOf(promptTokens) });
}

/** A decision is at most two tokens long. */
function promptOf({ served }: ServerState, messages: readonly ChatMessage[]): readonly number[] {
  for (const { content } of messages) served.checkLength(content, "input");
  return served.model.promptIds({ messages }, { maxNewTokens: 4 });
}

type Task = LabelStep & {
  /** Number of the question. */
  readonly question: number;
};

function stepsOf(state: ServerState, question: Question, index: number): Task[] {
  const labels = labelsOf(question).map((label) => idsOf(state, label));
  return labelSteps(labels).map((step) => ({ ...step, question: index }));
}

/** Letter by letter, so that labels of one length have as many tokens; words as they are. */
function idsOf({ served: { tokenizer } }: ServerState, label: string): number[] {
  const parts = /^[A-Z]+$/.test(label) ? [...label] : [label];
  return parts.flatMap((part) => tokenizer.encode(part));
}

function usageOf(tokens: number) {
  return {
    input_tokens: tokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: tokens,
  };
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
