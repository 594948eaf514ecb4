import { join } from "node:path";
import { readJsonFile } from "../read-json-file.ts";
import { writeWhole } from "../write-whole.ts";

/** Number types of weights, and what config.json calls them. */
export const TORCH_DTYPES = { f32: "float32", bf16: "bfloat16", f16: "float16" } as const;

/** Writes a model's config.json to another folder, with the number type that the weights there have. */
export async function writeTorchDtype(
  model: string,
  directory: string,
  dtype: keyof typeof TORCH_DTYPES,
): Promise<void> {
  const config = (await readJsonFile(join(model, "config.json"))) as Record<string, unknown>;
  const json = { ...config, torch_dtype: TORCH_DTYPES[dtype] };
  await writeWhole(join(directory, "config.json"), (handle) =>
    handle.writeFile(`${JSON.stringify(json, null, 2)}\n`),
  );
}
