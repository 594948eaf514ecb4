/** A local server with the part of the hub's API that downloads use, and switches for what can go wrong. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface HubFixture {
  readonly url: string;
  /** Requests since the start, as "GET /path"; the query is left out. */
  readonly requests: string[];
  /** Range headers of downloads, without the probes for one byte. */
  readonly ranges: (string | undefined)[];
  readonly tokens: Set<string | undefined>;
  /** Files of the model at the current commit; large ones are LFS files. */
  files: Record<string, string>;
  commit: string;
  /** Stops each download after this many bytes. */
  cutAfter: number | undefined;
  /** Answers downloads with these bytes changed. */
  corrupt: boolean;
  /** Ignores ranges of downloads. */
  ignoreRanges: boolean;
  /** Answers every request so. */
  failure: { status: number; code?: string; error?: string } | undefined;
  close(): Promise<void>;
}

const repo = "owner/tiny";
const LFS_BYTES = 1000;

export async function startHub(files: Record<string, string>): Promise<HubFixture> {
  const server = createServer((request, response) => answer(hub, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const hub: HubFixture = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    ranges: [],
    tokens: new Set(),
    files,
    commit: "a".repeat(40),
    cutAfter: undefined,
    corrupt: false,
    ignoreRanges: false,
    failure: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return hub;
}

export const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");
export const gitHash = (content: string): string =>
  createHash("sha1").update(`blob ${Buffer.byteLength(content)}\0${content}`).digest("hex");
const hashOf = (content: string) => (isLfs(content) ? sha256(content) : gitHash(content));
const isLfs = (content: string) => Buffer.byteLength(content) >= LFS_BYTES;

function answer(hub: HubFixture, request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "");
  hub.requests.push(`${request.method} ${path}`);
  hub.tokens.add(request.headers.authorization);
  if (hub.failure) return fail(response, hub.failure);
  const info = new RegExp(`^/api/models/${repo}/revision/(.+)$`).exec(path);
  const tree = new RegExp(`^/api/models/${repo}/tree/([^/]+)$`).exec(path);
  const file = new RegExp(`^/${repo}/resolve/([^/]+)/(.+)$`).exec(path);
  if (info) {
    if (!["main", "v2.0", hub.commit].includes(info[1] ?? ""))
      return fail(response, { status: 404, code: "RevisionNotFound", error: `Invalid rev id: ${info[1]}` });
    return json(response, { _id: "1", id: repo, sha: hub.commit, lastModified: "2023-12-29T00:00:00Z" });
  }
  if (tree && tree[1] === hub.commit) return json(response, Object.entries(hub.files).map(treeEntry));
  const content = file && file[1] === hub.commit ? hub.files[file[2] ?? ""] : undefined;
  if (content === undefined)
    return fail(response, { status: 404, code: "RepoNotFound", error: "Repository not found" });
  send(hub, request, response, content);
}

function treeEntry([path, content]: [string, string]) {
  const size = Buffer.byteLength(content);
  const lfs = { oid: sha256(content), size, pointerSize: 130 };
  return { type: "file", oid: gitHash(content), size, path, ...(isLfs(content) ? { lfs } : {}) };
}

function send(hub: HubFixture, request: IncomingMessage, response: ServerResponse, content: string): void {
  const whole = Buffer.from(content);
  const range = request.headers.range;
  response.setHeader("etag", `"${hashOf(content)}"`);
  if (isLfs(content)) response.setHeader("x-linked-etag", `"${sha256(content)}"`);
  if (range === "bytes=0-0") {
    response.writeHead(206, { "content-range": `bytes 0-0/${whole.length}`, "content-length": 1 });
    return void response.end(whole.subarray(0, 1));
  }
  hub.ranges.push(range);
  const [start = 0, end = whole.length - 1] =
    hub.ignoreRanges || !range ? [] : range.slice("bytes=".length).split("-").map(Number);
  const body = Buffer.from(whole.subarray(start, end + 1));
  if (hub.corrupt) body[0] = (body[0] ?? 0) ^ 1;
  const isPart = range !== undefined && !hub.ignoreRanges;
  response.writeHead(isPart ? 206 : 200, {
    "content-length": body.length,
    ...(isPart ? { "content-range": `bytes ${start}-${end}/${whole.length}` } : {}),
  });
  if (hub.cutAfter === undefined || hub.cutAfter >= body.length) return void response.end(body);
  response.write(body.subarray(0, hub.cutAfter), () => setTimeout(() => response.destroy(), 20));
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function fail(response: ServerResponse, { status, code, error }: { status: number; code?: string; error?: string }): void {
  if (code !== undefined) response.setHeader("x-error-code", code);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
}
