import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { MAX_MODEL_BYTES } from "./model-file/parse-model.ts";
import { TokenizerError } from "./tokenizer-error.ts";

/** How a model file is read and checked. */
export interface ReadOptions {
  /** Stops reading; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * SHA-256 the file must have, in hexadecimal. A flipped bit in a piece leaves the file a valid model
   * that encodes a little differently: only a checksum tells. See {@link BAICHUAN2_SHA256}.
   */
  readonly sha256?: string | undefined;
}

/** SHA-256 of the `tokenizer.model` that all Baichuan2 models share (2,001,107 bytes). */
export const BAICHUAN2_SHA256 = "79452955be6b419a65984273a9f08af86042e1c2a75ee3ba989cbf620a133cc2";

/**
 * Reads a model file, never more than {@link MAX_MODEL_BYTES} of it.
 *
 * @param where - The function that was asked for it; errors name it and the path.
 * @throws {TokenizerError} if the file cannot be read, is too large, or has another checksum.
 */
export async function readModelFile(
  path: string | URL,
  where: string,
  { signal, sha256 }: ReadOptions,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const bytes = await readAll(path, where, signal);
  if (sha256 !== undefined) checkSha256(bytes, `${where} ${String(path)}`, sha256);
  return bytes;
}

async function readAll(
  path: string | URL,
  where: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    await using file = await open(path);
    const stats = await file.stat();
    if (!stats.isDirectory() && stats.size <= MAX_MODEL_BYTES)
      return await file.readFile({ signal });
    throw new TokenizerError({
      where: `${where} ${String(path)}`,
      expected: `a file of at most ${MAX_MODEL_BYTES} bytes`,
      actual: stats.isDirectory() ? "a directory" : `${stats.size}`,
      hint: "give the path of tokenizer.model",
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TokenizerError) throw error;
    throw new TokenizerError({
      where: `${where} ${String(path)}`,
      expected: "a file that can be read",
      actual: error instanceof Error ? error.message : String(error),
      hint: "give the path of tokenizer.model",
      cause: error,
    });
  }
}

/** @throws {TokenizerError} if the bytes have another SHA-256. */
export function checkSha256(bytes: Uint8Array, where: string, sha256: string): void {
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (actual === sha256.toLowerCase()) return;
  throw new TokenizerError({
    where,
    expected: `a file with SHA-256 ${sha256}`,
    actual,
    hint: "the file is damaged or of another model; download it again",
  });
}
