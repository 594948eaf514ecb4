import { readFile } from "node:fs/promises";
import { z } from "zod";
import { replaceFile } from "./replace-file.ts";

const schema = z.object({
  plan: z.record(z.string(), z.unknown()),
  shards: z.record(
    z.string(),
    z.object({
      sizeBytes: z.int().min(0),
      errors: z
        .array(z.object({ name: z.string(), relativeError: z.number(), maxError: z.number() }))
        .optional(),
    }),
  ),
});

/** What an interrupted run leaves for the next: what it was doing, and which shards are finished. */
export type StagingState = z.infer<typeof schema>;

/** A shard that stands complete under its name, with the errors of its linears if they were wanted. */
export type FinishedShard = StagingState["shards"][string];

/** @returns undefined if there is none, or a damaged one: the work then starts over. */
export async function readState(path: string): Promise<StagingState | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

export async function writeState(path: string, state: StagingState): Promise<void> {
  await replaceFile(path, `${JSON.stringify(state, null, 2)}\n`);
}
