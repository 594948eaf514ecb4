import { copyFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Weights in any format, and what lists them. */
const WEIGHTS =
  /\.(bin|safetensors|pt|pth|gguf|onnx|h5|msgpack)$|\.index\.json$|^adapter_config\.json$/;

/** What training runs leave beside their result: it says nothing of the model. */
const RUN_FILES: readonly string[] = [
  "progress.json",
  "report.html",
  "train_log.jsonl",
  "trainer_state.json",
  "training_args.json",
];

/** Tokenizers, settings, licences and code are small; anything larger is not part of a checkpoint. */
const MAX_COMPANION_BYTES = 64 * 2 ** 20;

/** Names of the files of a checkpoint that lie beside its weights, config.json among them, sorted. */
export async function companionNames(directory: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of (await readdir(directory)).toSorted()) {
    if (WEIGHTS.test(name) || RUN_FILES.includes(name) || name.startsWith(".")) continue;
    const entry = await stat(join(directory, name)).catch(() => undefined);
    if (entry?.isFile() && entry.size <= MAX_COMPANION_BYTES) names.push(name);
  }
  return names;
}

/**
 * Copies what lies beside a checkpoint's weights.
 *
 * @param isWanted - Which of the files; default: all.
 */
export async function copyCompanions(
  from: string,
  to: string,
  isWanted: (name: string) => boolean = () => true,
): Promise<void> {
  for (const name of (await companionNames(from)).filter(isWanted))
    await copyFile(join(from, name), join(to, name));
}
