import { randomBytes } from "node:crypto";
import { cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Name of the folder of a step, as the Trainer names it. */
export function checkpointName(step: number): string {
  return `checkpoint-${step}`;
}

/** Folders of checkpoints in an output directory, oldest first. */
export async function listCheckpoints(
  outputDir: string,
): Promise<{ readonly step: number; readonly path: string }[]> {
  const names = await readdir(outputDir).catch(() => []);
  return names
    .flatMap((name) => {
      const [, step] = /^checkpoint-(\d+)$/.exec(name) ?? [];
      return step === undefined ? [] : [{ step: Number(step), path: join(outputDir, name) }];
    })
    .toSorted((a, b) => a.step - b.step);
}

/** What marks a folder that is not whole. */
const UNFINISHED = ".unfinished-";

/**
 * Fills a folder that is there whole or not at all: it is made under another name, then takes the place of what had its name.
 *
 * @param fill - Writes into the folder.
 * @throws what `fill` throws; nothing is left then.
 */
export async function writeFolder(
  path: string,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}${UNFINISHED}${randomBytes(6).toString("hex")}`;
  await mkdir(unfinished);
  try {
    await fill(unfinished);
    const old = `${unfinished}.old`;
    const hadOld = await rename(path, old).then(
      () => true,
      () => false,
    );
    await rename(unfinished, path);
    if (hadOld) await rm(old, { recursive: true });
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
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
 * @param kept - A folder that stays whatever its age: the best one.
 */
export async function rotateCheckpoints(
  outputDir: string,
  limit: number,
  kept?: string | null,
): Promise<void> {
  const all = await listCheckpoints(outputDir);
  const removable = all.filter(({ path }) => path !== kept);
  const excess = Math.max(0, all.length - limit);
  for (const { path } of removable.slice(0, Math.min(excess, removable.length - 1)))
    await rm(path, { recursive: true });
}

/** Files of a checkpoint that say nothing of its weights: tokenizers, settings, licences. */
const WEIGHTS =
  /\.(bin|safetensors|pt|pth|gguf|onnx|h5|msgpack)$|\.index\.json$|^adapter_config\.json$/;

/** Files of an earlier run, where its result is trained further: they say nothing of the model. */
const RUN_FILES: readonly string[] = [
  "progress.json",
  "report.html",
  "train_log.jsonl",
  "trainer_state.json",
  "training_args.json",
];

/** Larger files are not part of what describes a model. */
const MAX_COMPANION_BYTES = 64 * 2 ** 20;

/** Copies what lies beside a model's weights. */
export async function copyCompanions(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (WEIGHTS.test(name) || RUN_FILES.includes(name) || name.startsWith(".")) continue;
    const path = join(from, name);
    const entry = await stat(path).catch(() => undefined);
    if (entry?.isFile() && entry.size <= MAX_COMPANION_BYTES) await cp(path, join(to, name));
  }
}
