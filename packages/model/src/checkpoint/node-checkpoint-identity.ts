import { createHash } from "node:crypto";
import { open, realpath } from "node:fs/promises";
import { basename } from "node:path";
import type { Checkpoint } from "./checkpoint.ts";

/** Read at each end of a file: times may be set to one value for all files (images of containers), weights differ. */
const SAMPLE_BYTES = 65_536;

/**
 * A string that is another one as soon as a weight file or the config is another: name, size, time and both ends of each
 * file. A file of the hub's cache is named by the hash of its content. The place of the folder does not matter.
 */
export async function checkpointIdentity({ config, files }: Checkpoint): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(config));
  for (const { path } of files) {
    const place = await realpath(path);
    await using file = await open(place);
    const { size, mtimeNs } = await file.stat({ bigint: true });
    hash.update(JSON.stringify([basename(place), String(size), String(mtimeNs)]));
    const sample = new Uint8Array(SAMPLE_BYTES);
    for (const start of [0, Math.max(0, Number(size) - SAMPLE_BYTES)]) {
      const { bytesRead } = await file.read(sample, 0, SAMPLE_BYTES, start);
      hash.update(sample.subarray(0, bytesRead));
    }
  }
  return hash.digest("hex");
}
