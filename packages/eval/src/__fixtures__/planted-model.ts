import type { Grade } from "../benchmark.ts";
import type { EvalModel } from "../eval-model.ts";
import type { EvalRequest, EvalResponse } from "../eval-request.ts";
import type { PlannedSample, RunPlan } from "../runner/plan-run.ts";
import { fakeModel } from "./fake-models.ts";
import { generated } from "./grade-sample.ts";

/** A sample, what it asks and what is right: all that a planted model answers by. */
export interface PlantedSample {
  readonly planned: PlannedSample;
  readonly request: EvalRequest;
  readonly gold: string;
}

/** Counts tokens of nobody: no prompt has to be shortened. */
const tools = { countTokens: () => 0 };

/** Never passes: what is right is known without running anything. */
const noPython = {
  run: () => Promise.resolve({ status: "failed" as const, message: "", exception: [] }),
};

/** What a plan asks, with what is right. */
export async function plantedSamples({ samples }: RunPlan): Promise<PlantedSample[]> {
  const planted: PlantedSample[] = [];
  for (const planned of samples) {
    const request = planned.sample.request(tools);
    const grade: Grade = await planned.sample.grade(nothing(request), { python: noPython });
    planted.push({ planned, request, gold: grade.gold ?? "" });
  }
  return planted;
}

/** A model that says what `textOf` writes where it generates, and else chooses the option that is that text. */
export function plantedModel(
  samples: readonly PlantedSample[],
  textOf: (sample: PlantedSample) => string,
): EvalModel {
  const answers = new Map(
    samples.map((one) => [JSON.stringify(one.request), answerOf(one.request, textOf(one))]),
  );
  return {
    ...fakeModel((request) => answers.get(JSON.stringify(request)) ?? nothing(request)),
    ...tools,
  };
}

function answerOf(request: EvalRequest, text: string): EvalResponse {
  const best = (options: readonly string[]): number[] =>
    options.map((option) => (option.endsWith(text) ? 1 : 0));
  switch (request.kind) {
    case "letters":
      return { kind: "letters", scores: best(request.letters), truncatedTokens: 0 };
    case "logLikelihood":
      return {
        kind: "logLikelihood",
        logLikelihoods: best(request.continuations),
        truncatedTokens: 0,
      };
    case "perplexity":
      return {
        kind: "perplexity",
        losses: best(request.texts).map((is) => 1 - is),
        truncatedTokens: 0,
      };
    case "generate":
      return generated(text);
  }
}

/** An answer that says nothing. */
function nothing(request: EvalRequest): EvalResponse {
  return answerOf(request, "");
}
