import { estimateCheckpoint, openCheckpoint } from "@baichuan2/model";
import type { Cli } from "../io.ts";
import { weightOptions, type ModelFlags } from "../model-options.ts";

/** Memory that a checkpoint's weights take where they are loaded as the flags say, without loading them. */
export async function weightsBytes(
  { io }: Cli,
  directory: string,
  flags: ModelFlags,
): Promise<number> {
  const { dtype, memoryLimitBytes: _limit, device: _device, ...options } = weightOptions(flags);
  await using checkpoint = await openCheckpoint(directory, { signal: io.signal });
  const wanted = dtype === "auto" ? options : { ...options, dtype };
  return (await estimateCheckpoint(checkpoint, wanted)).weightsBytes;
}
