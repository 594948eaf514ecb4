import { join } from "node:path";
import type { Tokenizer } from "@baichuan2/tokenizer";
import { fromFile } from "@baichuan2/tokenizer/node";
import { UsageError } from "./exit-codes.ts";
import type { Cli } from "./io.ts";
import { exists, type ModelFlags } from "./model-options.ts";

/** Two models that run the same text, each with the flags that open it. */
export interface TextModels {
  readonly a: ModelFlags & { readonly model: string };
  readonly b: ModelFlags & { readonly model: string };
}

/**
 * The ids that a text is for two models: those of the tokenizer that the flags name, else of A's, else of B's.
 *
 * @returns the ids and the tokenizer they are from.
 * @throws {UsageError} if there is no tokenizer, or both models have one and the ids differ.
 */
export async function commonTokenIds(
  { io, t }: Cli,
  { a, b }: TextModels,
  text: string,
  file: string | undefined,
): Promise<{ readonly tokenIds: readonly number[]; readonly tokenizer: Tokenizer }> {
  const encode = async (path: string) => {
    const tokenizer = await fromFile(path, { signal: io.signal });
    return { tokenizer, tokenIds: tokenizer.encode(text, { specialTokens: "text" }) };
  };
  if (file !== undefined) return encode(file);
  const [first, second] = await tokenizerFiles([...new Set([a.model, b.model])]);
  if (first === undefined) throw new UsageError(t("error.noCompareTokenizer"));
  const encoded = await encode(first);
  if (second === undefined) return encoded;
  const other = await encode(second);
  const index = firstDifference(encoded.tokenIds, other.tokenIds);
  if (index >= 0) throw new UsageError(t("error.tokenizersDiffer", { index }));
  return encoded;
}

async function tokenizerFiles(directories: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const directory of directories) {
    const path = join(directory, "tokenizer.model");
    if (await exists(path)) files.push(path);
  }
  return files;
}

/** Index of the first element that differs, -1 for equal lists. */
function firstDifference(a: readonly number[], b: readonly number[]): number {
  const longer = a.length >= b.length ? a : b;
  return longer.findIndex((_, index) => a[index] !== b[index]);
}
