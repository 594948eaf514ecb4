import { mkdir } from "node:fs/promises";
import { pMapIterable } from "p-map";
import type { GradeTools } from "../benchmark.ts";
import type { EvalModel } from "../eval-model.ts";
import type { EvalRequest, EvalResponse } from "../eval-request.ts";
import { Journal } from "./journal.ts";
import type { JournalLine } from "./journal-line.ts";
import type { PlannedSample, RunPlan } from "./plan-run.ts";
import type { ResponseCache } from "./response-cache.ts";
import { checkFolder, withoutAnswered } from "./remaining-samples.ts";
import { writeManifest } from "./run-manifest.ts";

/** How a run runs; none of it changes what comes out. */
export interface EvaluateOptions extends Partial<GradeTools> {
  /** Where manifest and journal lie; a run that was begun there goes on. */
  readonly folder: string;
  /** Questions at a time. Default 32. */
  readonly concurrency?: number | undefined;
  readonly cache?: ResponseCache | undefined;
}

/** What happens in a run. */
export type EvaluationEvent =
  | {
      readonly type: "start";
      /** Samples of this run, and how many of them earlier processes have done. */
      readonly total: number;
      readonly done: number;
    }
  | { readonly type: "sample"; readonly line: JournalLine; readonly done: number };

const CONCURRENCY = 32;

/**
 * Asks a model what a plan says, and grades what it answers.
 *
 * Each sample is in the journal before its event comes. Aborting, or leaving the loop, ends the run; it can go on later.
 *
 * @throws {EvalRunError} if the folder holds another run.
 * @throws what the model throws: nothing is skipped.
 */
export async function* evaluate(
  model: EvalModel,
  { manifest, samples }: RunPlan,
  options: EvaluateOptions,
): AsyncGenerator<EvaluationEvent, void> {
  const { folder, concurrency = CONCURRENCY, python } = options;
  await checkFolder(folder, manifest); // another run's is not touched
  await mkdir(folder, { recursive: true });
  await using journal = await Journal.open(folder);
  if (!(await checkFolder(folder, manifest))) await writeManifest(folder, manifest);
  const open = withoutAnswered(samples, journal.lines);
  let done = samples.length - open.length;
  yield { type: "start", total: samples.length, done };
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, ...(options.signal ? [options.signal] : [])]);
  const ask = async (planned: PlannedSample): Promise<JournalLine> => {
    signal.throwIfAborted();
    const line = await askOne(model, planned, { cache: options.cache, python, signal });
    await journal.append(line);
    return line;
  };
  try {
    for await (const line of pMapIterable(open, ask, {
      concurrency,
      backpressure: 4 * concurrency,
    }))
      yield { type: "sample", line, done: ++done };
  } finally {
    ending.abort(new Error("the evaluation has ended"));
  }
}

async function askOne(
  model: EvalModel,
  { benchmark, task, index, sample }: PlannedSample,
  { cache, python, signal }: Pick<EvaluateOptions, "cache"> & GradeTools,
): Promise<JournalLine> {
  const request = sample.request(model);
  const response = cache?.get(request) ?? (await answer(model, request, { cache, signal }));
  const grade = await sample.grade(response, { python, signal });
  const { id, question } = sample;
  return { benchmark, task, index, id, question, request, response, grade };
}

async function answer(
  model: EvalModel,
  request: EvalRequest,
  { cache, signal }: Pick<EvaluateOptions, "cache" | "signal">,
): Promise<EvalResponse> {
  const response = await model.answer(request, { signal });
  await cache?.set(request, response);
  return response;
}
