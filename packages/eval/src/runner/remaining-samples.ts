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
  const isBegun = await checkFolder(folder, manifest);
  return isBegun ? withoutAnswered(samples, await Journal.read(folder)) : samples;
}

/** Whether the run was begun in a folder. @throws {EvalRunError} if it holds another one. */
export async function checkFolder(folder: string, manifest: RunPlan["manifest"]): Promise<boolean> {
  const begun = await findManifest(folder);
  const part = begun && differingPart(begun, manifest);
  if (part === undefined) return begun !== undefined;
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
