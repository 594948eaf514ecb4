import type { Engine } from "../engine.ts";
import type { FinishReason, GenerateJob } from "../protocol.ts";

/** A job with what most tests do not care about. */
export type SimpleJob = Omit<GenerateJob, "n"> & Partial<Pick<GenerateJob, "n">>;

/** The ids of a generation of one text, and why it ended. */
export async function* streamTokens(
  engine: Engine,
  job: SimpleJob,
  signal?: AbortSignal,
): AsyncGenerator<number, FinishReason> {
  let reason: FinishReason | undefined;
  for await (const event of await engine.generate({ n: 1, ...job }, { signal })) {
    if (event.type === "tokens") yield* event.tokenIds;
    if (event.type === "finished") ({ reason } = event);
  }
  if (!reason) throw new Error("expected a generation that finishes");
  return reason;
}
