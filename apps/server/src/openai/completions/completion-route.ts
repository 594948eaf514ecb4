import type { GenerationDelta, GenerationResult } from "@baichuan2/model";
import { generate } from "../../engine/generate.ts";
import { enterRequest } from "../../engine/run-request.ts";
import type { ServedModel } from "../../engine/served-model.ts";
import type { ServerContext } from "../../http/env.ts";
import { started } from "../../http/event-stream.ts";
import { readBody } from "../../http/read-body.ts";
import type { ServerState } from "../../server-state.ts";
import { answerHead, type AnswerHead } from "../answer-head.ts";
import { answerStream, REFUSAL_MS, withResult } from "../answer-stream.ts";
import { TEXT_CONTEXTS, type TextPrompt } from "../prompts.ts";
import { sumUsage, usageBody } from "../usage.ts";
import { completionSchema } from "./completion-schema.ts";
import { EchoText, type CompletionChoice } from "./echo-text.ts";
import { planCompletion, type CompletionPlan } from "./plan-completion.ts";

/** `POST /v1/completions` */
export async function postCompletion(state: ServerState, c: ServerContext): Promise<Response> {
  const { served, settings } = state;
  const request = await readBody(c, completionSchema, settings.isStrict);
  const chosen = served.choose(request.model);
  const plan = planCompletion(request, served.model.generationConfig.n);
  for (const prompt of plan.prompts)
    if ("text" in prompt) served.checkLength(prompt.text, "prompt", TEXT_CONTEXTS);
  const running = enterRequest(state, c, plan.prompts.length * plan.n);
  const head = answerHead("cmpl", chosen.id, served);
  const { options, formatField } = plan;
  const start: StartPrompt = (prompt) =>
    generate(state, c, { chosen, prompt, options, formatField, signal: running.signal });
  if (request.stream) {
    const includesUsage = request.stream_options?.include_usage ?? false;
    const chunks = completionChunks(served, start, { plan, head, includesUsage });
    return answerStream(state, c, running, chunks);
  }
  using _running = running;
  const results = await Promise.all(plan.prompts.map((prompt) => wholeOf(start(prompt))));
  const choices = results.flatMap((result, index) => choicesOf(served, plan, result, index));
  const usage = usageBody(usageOf(plan, results));
  return c.json({ ...head, object: "text_completion", choices, usage });
}

type StartPrompt = (prompt: TextPrompt) => AsyncGenerator<GenerationDelta, GenerationResult>;

async function wholeOf(
  deltas: AsyncGenerator<GenerationDelta, GenerationResult>,
): Promise<GenerationResult> {
  for (;;) {
    const { done, value } = await deltas.next();
    if (done) return value;
  }
}

function choicesOf(
  served: ServedModel,
  plan: CompletionPlan,
  result: GenerationResult,
  prompt: number,
): CompletionChoice[] {
  return result.choices.map((choice, index) => {
    const text = new EchoText(served, plan, { prompt, index });
    return text.whole(result.promptLogprobs, choice);
  });
}

/** A token that is dropped is not counted. */
function usageOf(
  { isEchoOnly }: CompletionPlan,
  results: readonly Pick<GenerationResult, "usage">[],
) {
  const usage = sumUsage(results.map((result) => result.usage));
  return isEchoOnly ? { ...usage, completionTokens: 0 } : usage;
}

interface ChunkOptions {
  readonly plan: CompletionPlan;
  readonly head: AnswerHead;
  readonly includesUsage: boolean;
}

/** Prompts one after another: their texts would otherwise have to be told apart by a client that shows one. */
async function* completionChunks(
  served: ServedModel,
  start: StartPrompt,
  { plan, head, includesUsage }: ChunkOptions,
): AsyncGenerator<object> {
  const body = { ...head, object: "text_completion" as const };
  const noUsage = includesUsage ? { usage: null } : {};
  const results: GenerationResult[] = [];
  for (const [prompt, text] of plan.prompts.entries()) {
    const texts = Array.from(
      { length: plan.n },
      (_, index) => new EchoText(served, plan, { prompt, index }),
    );
    let promptLogprobs: GenerationDelta["promptLogprobs"];
    for await (const event of await started(withResult(start(text)), REFUSAL_MS)) {
      if ("result" in event) {
        results.push(event.result);
        continue;
      }
      promptLogprobs = event.promptLogprobs ?? promptLogprobs;
      const choice = texts[event.choice]?.push(event, promptLogprobs);
      if (choice) yield { ...body, choices: [choice], ...noUsage };
    }
  }
  if (includesUsage) yield { ...body, choices: [], usage: usageBody(usageOf(plan, results)) };
}
