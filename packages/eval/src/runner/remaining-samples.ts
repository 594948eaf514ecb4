import { EvalRunError } from "./eval-run-error.ts";
import type { JournalLine } from "./journal-line.ts";
import { Journal } from "./journal.ts";
import type { PlannedSample, RunPlan } from "./plan-run.ts";
import { differingPart, findManifest } from "./run-manifest.ts";

/**
 * The samples of a plan that a folder's run has not answered yet; all, where there is no run. A model need not be loaded for none.
 *
 * @throws {EvalRunError} if the folder holds another run.
 */
export async function remainingSamples(
  folder: string,
  { manifest, samples }: RunPlan,
): Promise<readonly PlannedSample[]> {
  const begun = await findManifest(folder);
  if (!begun) return samples;
  const part = differingPart(begun, manifest);
  if (part === undefined) return withoutAnswered(samples, await Journal.read(folder));
  const hint = "give another folder, or take this one away";
  throw new EvalRunError(folder, `a run with the same ${part}`, "another one", hint);
}

/** Samples without those that lines of a journal are of. */
export function withoutAnswered(
  samples: readonly PlannedSample[],
  lines: readonly JournalLine[],
): readonly PlannedSample[] {
  const answered = new Set(lines.map(placeOf));
  return samples.filter((one) => !answered.has(placeOf({ ...one, id: one.sample.id })));
}

function placeOf({ benchmark, id }: Pick<JournalLine, "benchmark" | "id">): string {
  return `${benchmark}/${id}`;
}
