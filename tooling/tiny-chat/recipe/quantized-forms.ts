import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quantizeCheckpoint } from "@baichuan2/model";

/** The bundled model. */
export const bundled = fileURLToPath(new URL("../model", import.meta.url));

/** Folder and number format of each quantized form. */
export const quantizedForms = [
  { name: "model-4bits", format: "nf4" },
  { name: "model-int8", format: "int8" },
] as const;

/**
 * Writes the 4-bit and 8-bit forms of the bundled model, as `baichuan2 quantize` does.
 *
 * @param directory - Where their folders are made; they must not be there yet.
 * @returns bytes of weights by folder.
 */
export async function writeQuantizedForms(directory: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const { name, format } of quantizedForms) {
    const { outBytes } = await quantizeCheckpoint(bundled, join(directory, name), { format });
    sizes.set(name, outBytes);
  }
  return sizes;
}
