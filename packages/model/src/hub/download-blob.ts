import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { HubClient, RemoteFile } from "./hub-client.ts";
import { HubError } from "./hub-error.ts";

/** How far the download of a file is. */
export interface DownloadProgress {
  /** Name of the file. */
  readonly file: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What one download needs. */
export interface BlobDownload {
  readonly client: HubClient;
  /** The model, for errors. */
  readonly label: string;
  readonly commit: string;
  readonly file: RemoteFile;
  /** Final path; the bytes grow in `{path}.incomplete` beside it. */
  readonly path: string;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** Bytes between two reports of progress. */
const REPORT_BYTES = 1 << 20;

/**
 * Downloads a file, or the rest of it, and gives it its final name once size and hash are right.
 *
 * @throws {HubError}
 */
export async function downloadBlob(download: BlobDownload): Promise<void> {
  const { file, label, path } = download;
  const incomplete = `${path}.incomplete`;
  await mkdir(dirname(path), { recursive: true });
  const hash = startHash(file);
  const have = await hashExisting(incomplete, file, hash);
  const size = have === file.size ? have : await appendRest(download, incomplete, have, hash);
  if (size < file.size)
    throw new HubError(
      "network",
      label,
      `the connection ended after ${size} of ${file.size} bytes of ${file.name}`,
      { hint: "try again; the download continues where it ended" },
    );
  const actual = hash.digest("hex");
  if (size !== file.size || actual !== file.hash) {
    await rm(incomplete, { force: true });
    throw new HubError(
      "damaged",
      label,
      `expected ${file.name} with ${file.size} bytes and hash ${file.hash}, got ${size} bytes and ${actual}`,
      { hint: "the download was thrown away; try again" },
    );
  }
  await rename(incomplete, path);
}

/** SHA-256, or git's SHA-1 over a header and the content. */
function startHash({ hash, size }: RemoteFile): Hash {
  return hash.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}

/** Hashes what an earlier try left; starts over if that is too long. */
async function hashExisting(incomplete: string, file: RemoteFile, hash: Hash): Promise<number> {
  const size = await stat(incomplete).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size > file.size) {
    await rm(incomplete);
    return 0;
  }
  if (size > 0)
    for await (const chunk of createReadStream(incomplete)) hash.update(chunk as Buffer);
  return size;
}

async function appendRest(
  { client, commit, file, label, onProgress }: BlobDownload,
  incomplete: string,
  offset: number,
  hash: Hash,
): Promise<number> {
  let done = offset;
  let reported = offset;
  const report = () => onProgress?.({ file: file.name, doneBytes: done, totalBytes: file.size });
  const handle = await open(incomplete, "a");
  try {
    report();
    for await (const chunk of client.stream(commit, file, offset)) {
      if (done + chunk.length > file.size) return done + chunk.length;
      await writeAll(handle, chunk, label);
      hash.update(chunk);
      done += chunk.length;
      if (done - reported < REPORT_BYTES) continue;
      reported = done;
      report();
    }
    await handle.sync();
    if (reported !== done) report();
    return done;
  } finally {
    await handle.close();
  }
}

async function writeAll(
  handle: Awaited<ReturnType<typeof open>>,
  chunk: Uint8Array,
  label: string,
): Promise<void> {
  try {
    await handle.writeFile(chunk);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HubError("cache", label, `the cache cannot be written: ${reason}`, {
      hint: "free some space or set HF_HUB_CACHE to another disk",
      cause,
    });
  }
}
