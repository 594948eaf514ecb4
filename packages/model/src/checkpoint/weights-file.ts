import type { ByteSource, ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import type { CheckpointFile } from "./checkpoint.ts";
import { readSafetensors } from "./safetensors.ts";
import type { WeightsFile } from "./state-dict.ts";
import { PICKLE_MAGIC, readTorchLegacy } from "./torch-legacy.ts";
import { readTorchZip, ZIP_MAGIC } from "./torch-zip.ts";

/** A file of weights whose head has been read. */
export interface OpenWeightsFile {
  readonly file: CheckpointFile;
  /** Its name in its directory. */
  readonly name: string;
  readonly contents: WeightsFile;
}

/**
 * Reads the head of a file of weights, by its name safetensors or what torch.save writes; no weights.
 *
 * @throws {CheckpointError} if it is damaged, or something else.
 */
export async function readWeightsFile(
  source: ByteSource,
  name: string,
  options: ReadOptions,
): Promise<OpenWeightsFile> {
  const head = await source.read(0, Math.min(source.size, HEAD_BYTES), options);
  refusePlaceholder(source, head);
  const format = name.endsWith(".safetensors") ? "safetensors" : torchFormat(source, head);
  const read = readers[format];
  const contents = await read(source, options);
  return { file: { path: source.name, sizeBytes: source.size, format }, name, contents };
}

const readers = {
  safetensors: readSafetensors,
  "pytorch-zip": readTorchZip,
  "pytorch-legacy": readTorchLegacy,
} satisfies Record<CheckpointFile["format"], unknown>;

/** Enough to recognise a format or a placeholder; a tar header has its mark at 257. */
const HEAD_BYTES = 512;

function torchFormat(source: ByteSource, head: Uint8Array): "pytorch-zip" | "pytorch-legacy" {
  const startsWith = (magic: readonly number[]) => magic.every((byte, i) => head[i] === byte);
  if (startsWith(ZIP_MAGIC)) return "pytorch-zip";
  if (startsWith(PICKLE_MAGIC)) return "pytorch-legacy";
  const isTar = new TextDecoder().decode(head.subarray(257, 262)) === "ustar";
  throw new CheckpointError(
    source.name,
    `expected a file of torch.save, got ${isTar ? "a tar archive (written by torch before 0.1.10; save it again with a later torch)" : "something else"}`,
  );
}

/**
 * Refuses what stands in the place of a file that was not really downloaded.
 *
 * @throws {CheckpointError} naming what it is.
 */
export function refusePlaceholder(source: ByteSource, head: Uint8Array): void {
  const text = new TextDecoder().decode(head.subarray(0, HEAD_BYTES)).trimStart().toLowerCase();
  const problem = text.startsWith("version https://git-lfs.github.com/spec/")
    ? "a Git LFS pointer (the file itself is not here; run `git lfs pull`)"
    : /^<(!doctype html|html)/.test(text)
      ? "a web page (the download got an error page; download it again)"
      : source.size === 0
        ? "an empty file (download it again)"
        : undefined;
  if (problem !== undefined)
    throw new CheckpointError(source.name, `expected the content of the file, got ${problem}`);
}
