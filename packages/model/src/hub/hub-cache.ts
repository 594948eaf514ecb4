/**
 * The cache that all Hugging Face tools share:
 *
 *   models--owner--name/
 *     blobs/{hash}                 contents, named by their hash
 *     blobs/{hash}.incomplete      a download that can be continued
 *     snapshots/{commit}/{file} -> ../../blobs/{hash}
 *     refs/{revision}              the commit a branch or tag stood at
 *     .no_exist/{commit}/{file}    an optional file that the model is known not to have
 */
import {
  access,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { readWeightIndex } from "../checkpoint/weight-index.ts";
import type { ModelId } from "./model-id.ts";
import { chooseWeights, isIndex, optionalFiles } from "./needed-files.ts";

/** A commit, in full. */
export const commitPattern = /^[0-9a-f]{40}$/;

/** One model's part of the cache. */
export interface RepoCache {
  readonly path: string;
  blobPath(hash: string): string;
  snapshotPath(commit: string): string;
}

/** A snapshot on disk. */
export interface CachedSnapshot {
  readonly commit: string;
  readonly path: string;
  /** Config and all weights are there. */
  readonly isUsable: boolean;
  /** It is also known which optional files the model has, and they are there: nothing is left to ask the hub. */
  readonly isComplete: boolean;
}

/** Where a model's files are kept. */
export function repoCache(cacheDir: string, { repo }: ModelId): RepoCache {
  const path = join(cacheDir, `models--${repo.replaceAll("/", "--")}`);
  return {
    path,
    blobPath: (hash) => join(path, "blobs", hash),
    snapshotPath: (commit) => join(path, "snapshots", commit),
  };
}

/** The snapshot of a commit, or of the commit at which a branch or tag stood when it was last asked for. */
export async function findSnapshot(
  cache: RepoCache,
  revision: string,
): Promise<CachedSnapshot | undefined> {
  const commit = commitPattern.test(revision)
    ? revision
    : (await readIfThere(join(cache.path, "refs", revision)))?.trim();
  if (commit === undefined || !commitPattern.test(commit)) return undefined;
  const path = cache.snapshotPath(commit);
  const names = await listIfThere(path);
  if (names === undefined) return undefined;
  const isUsable = names.includes("config.json") && (await hasWeights(path, names));
  const absent = optionalFiles.filter((name) => !names.includes(name));
  const known = await Promise.all(absent.map((name) => exists(absencePath(cache, commit, name))));
  return { commit, path, isUsable, isComplete: isUsable && known.every(Boolean) };
}

/** Gives a finished blob its name in a snapshot. */
export async function linkBlob(
  cache: RepoCache,
  commit: string,
  name: string,
  hash: string,
): Promise<void> {
  const path = join(cache.snapshotPath(commit), name);
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  await rm(temporary, { force: true });
  try {
    await symlink(join("..", "..", "blobs", hash), temporary);
  } catch {
    await copyFile(cache.blobPath(hash), temporary); // Windows without the right to make links
  }
  await rename(temporary, path);
}

/** Notes what a complete snapshot is: the commit of its revision, and which optional files do not exist. */
export async function recordSnapshot(
  cache: RepoCache,
  revision: string,
  commit: string,
  absent: readonly string[],
): Promise<void> {
  for (const name of absent) await writeNew(absencePath(cache, commit, name), "");
  if (revision !== commit) await writeNew(join(cache.path, "refs", revision), commit);
}

/** Whether a file, or what a link leads to, is there. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function hasWeights(path: string, names: readonly string[]): Promise<boolean> {
  const weights = chooseWeights(names);
  if (weights === undefined) return false;
  if (!isIndex(weights)) return true;
  const index = join(path, weights);
  try {
    const { shards } = readWeightIndex(await readFile(index, "utf8"), index);
    return shards.every((name) => names.includes(name));
  } catch {
    return false; // a damaged index is downloaded again, or reported when the checkpoint is opened
  }
}

/** Names of files that can be read: links to nowhere are left out. */
async function listIfThere(path: string): Promise<string[] | undefined> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch {
    return undefined;
  }
  const readable = await Promise.all(names.map((name) => exists(join(path, name))));
  return names.filter((_, i) => readable[i]);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

async function writeNew(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

function absencePath(cache: RepoCache, commit: string, name: string): string {
  return join(cache.path, ".no_exist", commit, name);
}
