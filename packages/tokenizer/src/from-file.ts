import { BaichuanTokenizer } from "./baichuan-tokenizer.ts";
import { type ReadOptions, readModelFile } from "./read-model-file.ts";

/**
 * Reads a `tokenizer.model` from disk.
 *
 * @param path - The file.
 * @returns the tokenizer; see {@link BaichuanTokenizer.fromBytes}.
 * @throws {TokenizerError} if the file cannot be read, has another checksum than the one asked for, or is
 * not a model of Baichuan2's kind. An aborted signal rejects with its own reason.
 */
export async function fromFile(
  path: string | URL,
  options: ReadOptions = {},
): Promise<BaichuanTokenizer> {
  return BaichuanTokenizer.fromBytes(await readModelFile(path, "fromFile", options));
}
