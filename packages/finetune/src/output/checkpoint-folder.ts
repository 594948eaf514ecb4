import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { UNFINISHED } from "@baichuan2/model";

/** Name of the folder of a step, as the Trainer names it. */
export function checkpointName(step: number): string {
  return `checkpoint-${step}`;
}

/** Step of a checkpoint's folder, by its name or path. */
export function checkpointStep(path: string): number | undefined {
  const [, step] = /^checkpoint-(\d+)$/.exec(basename(path)) ?? [];
  return step === undefined ? undefined : Number(step);
}

/** Folders of checkpoints in an output directory, oldest first. */
export async function listCheckpoints(
  outputDir: string,
): Promise<{ readonly step: number; readonly path: string }[]> {
  const names = await readdir(outputDir).catch(() => []);
  return names
    .flatMap((name) => {
      const step = checkpointStep(name);
      return step === undefined ? [] : [{ step, path: join(outputDir, name) }];
    })
    .toSorted((a, b) => a.step - b.step);
}

/** Removes what killed runs have left unfinished. */
export async function removeUnfinished(outputDir: string): Promise<void> {
  const names = await readdir(outputDir).catch(() => []);
  for (const name of names.filter((one) => one.includes(UNFINISHED)))
    await rm(join(outputDir, name), { recursive: true, force: true });
}

/**
 * Removes the oldest checkpoints beyond a limit.
 *
 * @param kept - Steps whose checkpoints stay whatever their age: the last and the best one.
 */
export async function rotateCheckpoints(
  outputDir: string,
  limit: number,
  kept: readonly (number | undefined)[],
): Promise<void> {
  const all = await listCheckpoints(outputDir);
  const removable = all.filter(({ step }) => !kept.includes(step));
  for (const { path } of removable.slice(0, Math.max(0, all.length - limit)))
    await rm(path, { recursive: true });
}
