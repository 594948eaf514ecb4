import { BaichuanTokenizer } from "./baichuan-tokenizer.ts";
import { type ReadOptions, readModelFile } from "./read-model-file.ts";
import { TokenizerError } from "./tokenizer-error.ts";

/**
 * Reads a `tokenizer.model` from disk.
 *
 * @param path - The file.
 * @returns the tokenizer; see {@link BaichuanTokenizer.load}.
 * @throws {TokenizerError} that names the path, if the file cannot be read, is a directory, has another checksum than the one asked for, or is
 * not a model of Baichuan2's kind. An aborted signal rejects with its own reason.
 */
export async function fromFile(
  path: string | URL,
  options: ReadOptions = {},
): Promise<BaichuanTokenizer> {
  const bytes = await readModelFile(path, "fromFile", options);
  try {
    return await BaichuanTokenizer.load(bytes, options);
  } catch (cause) {
    if (!(cause instanceof TokenizerError)) throw cause;
    const { expected, actual, hint, offset } = cause;
    const where = `fromFile ${String(path)}`;
    throw new TokenizerError({ where, expected, actual, hint, offset, cause });
  }
}
