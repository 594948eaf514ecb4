import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readWeightIndex } from "../checkpoint/weight-index.ts";
import { downloadBlob, type DownloadProgress } from "./download-blob.ts";
import {
  findSnapshot,
  exists,
  linkBlob,
  recordSnapshot,
  repoCache,
  type RepoCache,
} from "./hub-cache.ts";
import { createHubClient, type HubClient, type RemoteFile } from "./hub-client.ts";
import { HubError } from "./hub-error.ts";
import { hubSettings, type HubSettingOptions, type HubSettings } from "./hub-settings.ts";
import { parseModelId, type ModelId } from "./model-id.ts";
import { chooseWeights, isIndex, optionalFiles } from "./needed-files.ts";

/** Options of `resolveModel`. */
export interface ResolveModelOptions extends HubSettingOptions {
  /** Branch, tag or commit; default `main`. May also stand in the id: `owner/name@revision`. */
  readonly revision?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called for each file that is downloaded: at its start, about once per MiB, and at its end. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** A model on disk. */
export interface ResolvedModel {
  /** Directory with config.json and weights. */
  readonly path: string;
  /** A directory that was given; the cache, without the network; or the hub, which was asked. */
  readonly source: "directory" | "cache" | "hub";
  /** `owner/name`, unless a directory was given. */
  readonly id?: string | undefined;
  /** Commit of the files, unless a directory was given. */
  readonly commit?: string | undefined;
  /** Why the cache was used though the hub should have been asked whether there is a newer commit. */
  readonly networkError?: HubError | undefined;
}

/**
 * Finds a model: an existing directory is used as it is, `owner/name[@revision]` comes from the Hugging Face hub
 * through the cache that all Hugging Face tools share. Only config, tokenizer and one format of the weights are
 * downloaded; an interrupted download continues where it ended.
 *
 * A commit that is in the cache needs no network. A branch or tag is looked up with one request; if the hub cannot be
 * reached, the cached commit is used and `networkError` tells why.
 *
 * @throws {HubError} with the reason in `failure`.
 */
export async function resolveModel(
  dirOrId: string,
  options: ResolveModelOptions = {},
): Promise<ResolvedModel> {
  const isDirectory = await stat(dirOrId).then(
    (stats) => stats.isDirectory(),
    () => undefined,
  );
  if (isDirectory) return { path: dirOrId, source: "directory" };
  if (isDirectory === false)
    throw new HubError("invalid-id", dirOrId, "expected a directory or an id, got a file", {
      hint: "give the folder that holds it",
    });
  const id = parseModelId(dirOrId, options.revision);
  try {
    options.signal?.throwIfAborted();
    return await resolveId(id, hubSettings(options), options);
  } catch (error) {
    throw asHubError(error, id, options.signal);
  }
}

async function resolveId(
  id: ModelId,
  settings: HubSettings,
  options: ResolveModelOptions,
): Promise<ResolvedModel> {
  const cache = repoCache(settings.cacheDir, id);
  const cached = await findSnapshot(cache, id.revision);
  if (settings.offline) {
    if (cached?.isUsable) return { ...pick(cached), id: id.repo, source: "cache" };
    throw notCached(id, cached !== undefined, settings);
  }
  if (cached?.isComplete && cached.commit === id.revision)
    return { ...pick(cached), id: id.repo, source: "cache" };

  const client = createHubClient(id, settings, options.signal);
  let commit: string;
  try {
    commit = await client.resolveCommit();
  } catch (error) {
    const isNetwork = error instanceof HubError && error.failure === "network";
    if (!isNetwork || !cached?.isUsable) throw error;
    return { ...pick(cached), id: id.repo, source: "cache", networkError: error };
  }
  const path = cache.snapshotPath(commit);
  const current = await findSnapshot(cache, commit);
  const absent = current?.isComplete ? [] : await download(id, cache, client, commit, options);
  await recordSnapshot(cache, id.revision, commit, absent);
  return { path, commit, id: id.repo, source: "hub" };
}

/** Downloads what is missing of a snapshot; gives the optional files that the model does not have. */
async function download(
  id: ModelId,
  cache: RepoCache,
  client: HubClient,
  commit: string,
  { onProgress }: ResolveModelOptions,
): Promise<string[]> {
  const remote = new Map((await client.listFiles(commit)).map((file) => [file.name, file]));
  const weights = chooseWeights(remote.keys());
  if (!remote.has("config.json") || weights === undefined)
    throw new HubError(
      "incomplete",
      id.label,
      `the repository has no ${remote.has("config.json") ? "weights" : "config.json"}`,
      { hint: "only models in the format of transformers can be loaded, not GGUF or adapters" },
    );
  const fetchFile = async (file: RemoteFile): Promise<void> => {
    if (await exists(join(cache.snapshotPath(commit), file.name))) return;
    const path = cache.blobPath(file.hash);
    if (!(await exists(path)))
      await downloadBlob({ client, label: id.label, commit, file, path, onProgress });
    await linkBlob(cache, commit, file.name, file.hash);
  };
  const present = optionalFiles.filter((name) => remote.has(name));
  for (const name of ["config.json", ...present, weights]) await fetchFile(need(remote, name, id));
  if (isIndex(weights)) {
    const path = join(cache.snapshotPath(commit), weights);
    const { shards } = readWeightIndex(await readFile(path, "utf8"), path);
    const files = shards.map((name) => need(remote, name, id));
    for (const file of files) await fetchFile(file);
  }
  return optionalFiles.filter((name) => !remote.has(name));
}

function need(remote: ReadonlyMap<string, RemoteFile>, name: string, id: ModelId): RemoteFile {
  const file = remote.get(name);
  if (file) return file;
  throw new HubError(
    "incomplete",
    id.label,
    `the repository has no ${name}, which its index names`,
  );
}

function notCached(id: ModelId, isPartial: boolean, { cacheDir }: HubSettings): HubError {
  const problem = isPartial
    ? "offline, and only a part of this model is in the cache"
    : "offline, and this model is not in the cache";
  return new HubError("offline", id.label, `${problem} ${cacheDir}`, {
    hint: "unset HF_HUB_OFFLINE or give the path of a directory",
  });
}

function asHubError(error: unknown, id: ModelId, signal: AbortSignal | undefined): unknown {
  if (error instanceof HubError) return error;
  if (signal?.aborted)
    return new HubError("aborted", id.label, "the download was aborted", { cause: signal.reason });
  const isFileSystem = error instanceof Error && "syscall" in error;
  if (!isFileSystem) return error;
  return new HubError("cache", id.label, `the cache cannot be used: ${error.message}`, {
    hint: "set HF_HUB_CACHE to a folder that can be written",
    cause: error,
  });
}

function pick({ path, commit }: { path: string; commit: string }): {
  path: string;
  commit: string;
} {
  return { path, commit };
}
