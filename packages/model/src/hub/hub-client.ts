import { downloadFile, listFiles, modelInfo, type ListFileEntry } from "@huggingface/hub";
import { HubError } from "./hub-error.ts";
import { commitPattern } from "./hub-cache.ts";
import type { HubSettings } from "./hub-settings.ts";
import type { ModelId } from "./model-id.ts";

/** A file of a model, as the hub lists it. */
export interface RemoteFile {
  readonly name: string;
  readonly size: number;
  /** SHA-256 of a large file, git's SHA-1 of a small one: also its name in the cache. */
  readonly hash: string;
}

/** The requests that a download needs; each fails with a HubError. */
export interface HubClient {
  /** The commit that the revision stands at. */
  resolveCommit(): Promise<string>;
  /** Files at the top of the repository. */
  listFiles(commit: string): Promise<readonly RemoteFile[]>;
  /** The bytes of a file from an offset on. */
  stream(commit: string, file: RemoteFile, offset: number): AsyncIterable<Uint8Array>;
}

/** What the last request met; the library's own errors tell only part of it. */
interface LastAnswer {
  status?: number;
  /** The hub's X-Error-Code: RepoNotFound, RevisionNotFound, GatedRepo, … */
  code?: string | null;
  error?: unknown;
}

const hashPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Talks to a hub about one model through @huggingface/hub. */
export function createHubClient(
  id: ModelId,
  settings: HubSettings,
  signal: AbortSignal | undefined,
): HubClient {
  const last: LastAnswer = {};
  const common = {
    hubUrl: settings.hubUrl,
    fetch: recordingFetch(last, signal),
    ...(settings.accessToken === undefined ? {} : { accessToken: settings.accessToken }),
  };
  const guard = async <Value>(run: () => Promise<Value>): Promise<Value> => {
    try {
      return await run();
    } catch (error) {
      throw toHubError(error, last, id, settings, signal);
    }
  };

  async function* stream(commit: string, file: RemoteFile, offset: number) {
    try {
      // Without the chunked protocol (xet) every file comes as plain bytes of one request, which continues at any offset.
      const blob = await downloadFile({
        ...common,
        repo: id.repo,
        revision: commit,
        path: file.name,
        xet: false,
      });
      if (!blob) throw new HubError("incomplete", id.label, `${file.name} is gone from the hub`);
      const rest = offset === 0 ? blob : blob.slice(offset, file.size);
      yield* rest.stream();
    } catch (error) {
      throw toHubError(error, last, id, settings, signal);
    }
  }

  return {
    resolveCommit: () =>
      guard(async () => {
        const info = await modelInfo({
          ...common,
          name: id.repo,
          revision: id.revision,
          additionalFields: ["sha"],
        });
        if (commitPattern.test(info.sha)) return info.sha;
        throw new HubError("server", id.label, `expected a commit, got "${info.sha}"`);
      }),
    listFiles: (commit) =>
      guard(async () => {
        const files: RemoteFile[] = [];
        for await (const entry of listFiles({ ...common, repo: id.repo, revision: commit })) {
          if (entry.type === "file") files.push(remoteFile(entry, id));
        }
        return files;
      }),
    stream,
  };
}

function remoteFile({ path, size, oid, lfs }: ListFileEntry, id: ModelId): RemoteFile {
  const hash = lfs?.oid ?? oid;
  if (hash === undefined || !hashPattern.test(hash))
    throw new HubError("server", id.label, `the hub gives no hash of ${path}`);
  return { name: path, size: lfs?.size ?? size, hash };
}

function recordingFetch(last: LastAnswer, signal: AbortSignal | undefined): typeof fetch {
  return async (input, init) => {
    delete last.status;
    delete last.code;
    delete last.error;
    try {
      const response = await fetch(input, signal ? { ...init, signal } : init);
      last.status = response.status;
      last.code = response.headers.get("x-error-code");
      return response;
    } catch (error) {
      last.error = error;
      throw error;
    }
  };
}

function toHubError(
  error: unknown,
  last: LastAnswer,
  id: ModelId,
  settings: HubSettings,
  signal: AbortSignal | undefined,
): HubError {
  if (error instanceof HubError) return error;
  if (signal?.aborted)
    return new HubError("aborted", id.label, "the download was aborted", { cause: signal.reason });
  if (last.status !== undefined && last.status >= 400)
    return answerError(error, last, id, settings);
  if (error instanceof TypeError && /access token/i.test(error.message))
    return new HubError("unauthorized", id.label, error.message, { cause: error });
  const cause = last.error ?? error;
  return new HubError(
    "network",
    id.label,
    `${settings.hubUrl} cannot be reached: ${reasonOf(cause)}`,
    {
      hint: "check the network; what was downloaded so far is kept and the next try continues it",
      cause,
    },
  );
}

function answerError(
  cause: unknown,
  { status = 0, code }: LastAnswer,
  id: ModelId,
  { hubUrl, accessToken }: HubSettings,
): HubError {
  const details = { status, cause };
  if (code === "GatedRepo" || status === 403)
    return new HubError("unauthorized", id.label, "access to this model must be granted first", {
      ...details,
      hint: `accept its terms at ${hubUrl}/${id.repo} and set HF_TOKEN to a token of that account`,
    });
  if (code === "RevisionNotFound" || (status === 404 && isAboutRevision(cause)))
    return new HubError(
      "no-such-revision",
      id.label,
      `the model has no revision "${id.revision}"`,
      {
        ...details,
        hint: `branches and tags are listed at ${hubUrl}/${id.repo}/tree/main`,
      },
    );
  if (status === 401)
    return new HubError("unauthorized", id.label, "there is no such model, or it is private", {
      ...details,
      hint: accessToken ? "the token was not accepted" : "check the spelling, or set HF_TOKEN",
    });
  if (status === 404)
    return new HubError("not-found", id.label, `there is no such model at ${hubUrl}`, {
      ...details,
      hint: "check the spelling of owner/name",
    });
  const hint = status === 429 ? "too many requests; try again later" : "try again later";
  return new HubError("server", id.label, `the hub answered with status ${status}`, {
    ...details,
    hint,
  });
}

function isAboutRevision(error: unknown): boolean {
  return error instanceof Error && /invalid rev|revision not found/i.test(error.message);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== ""
    ? `${error.message}: ${cause.message}`
    : error.message;
}
