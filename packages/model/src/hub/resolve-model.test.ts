import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { loadModel } from "../load-model.ts";
import type { DownloadProgress } from "./download-blob.ts";
import { gitHash, sha256, startHub, type HubFixture } from "./__fixtures__/hub-server.ts";
import { HubError } from "./hub-error.ts";
import { resolveModel, type ResolveModelOptions } from "./resolve-model.ts";

const weights = "w".repeat(5000);
const tinyFiles = {
  ".gitattributes": "*.bin lfs",
  "README.md": "# tiny",
  "config.json": '{"model_type":"baichuan"}',
  "generation_config.json": "{}",
  "modeling_baichuan.py": "print('never downloaded')",
  "pytorch_model.bin": weights,
  "tokenizer.model": "t".repeat(2000),
  "tokenizer_config.json": '{"add_bos_token":false}',
};

let hub: HubFixture;
let cacheDir: string;
beforeEach(async () => {
  hub = await startHub({ ...tinyFiles });
  cacheDir = mkdtempSync(join(tmpdir(), "baichuan2-hub-"));
  for (const name of ["HF_TOKEN", "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HF_HOME"])
    vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  rmSync(cacheDir, { recursive: true });
});

const resolve = (id = "owner/tiny", options: ResolveModelOptions = {}) =>
  resolveModel(id, { hubUrl: hub.url, cacheDir, ...options });
const repoDir = () => join(cacheDir, "models--owner--tiny");
const snapshotDir = (commit = hub.commit) => join(repoDir(), "snapshots", commit);
const downloaded = () =>
  hub.requests
    .filter((request) => request.includes("/resolve/"))
    .map((request) => request.split("/").at(-1));

async function failure(promise: Promise<unknown>): Promise<HubError> {
  const error: unknown = await promise.then(
    () => new Error("expected an error"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HubError);
  expect(error).toMatchObject({ name: "HubError", code: "ERR_HUB" });
  return error as HubError;
}

describe("resolveModel", () => {
  it("uses a directory as it is, without the network", async () => {
    expect(await resolve(cacheDir)).toEqual({ path: cacheDir, source: "directory" });
    expect(hub.requests).toEqual([]);
  });

  it("downloads only what is needed, into the layout of the shared cache", async () => {
    const model = await resolve();
    expect(model).toEqual({
      path: snapshotDir(),
      source: "hub",
      id: "owner/tiny",
      commit: hub.commit,
    });
    expect(readdirSync(model.path).toSorted()).toEqual([
      "config.json",
      "generation_config.json",
      "pytorch_model.bin",
      "tokenizer.model",
      "tokenizer_config.json",
    ]);
    expect(readFileSync(join(model.path, "pytorch_model.bin"), "utf8")).toBe(weights);
    expect(lstatSync(join(model.path, "config.json")).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(model.path, "pytorch_model.bin"))).toBe(
      join("..", "..", "blobs", sha256(weights)),
    );
    expect(readlinkSync(join(model.path, "config.json"))).toBe(
      join("..", "..", "blobs", gitHash(tinyFiles["config.json"])),
    );
    expect(readFileSync(join(repoDir(), "refs", "main"), "utf8")).toBe(hub.commit);
    expect(
      readdirSync(join(repoDir(), "blobs")).filter((name) => name.endsWith(".incomplete")),
    ).toEqual([]);
    expect(existsSync(join(repoDir(), ".no_exist", hub.commit, "special_tokens_map.json"))).toBe(
      true,
    );
  });

  it("prefers safetensors and leaves the other format out, shards included", async () => {
    const index = { weight_map: { a: "model-1.safetensors", b: "model-2.safetensors" } };
    hub.files = {
      ...tinyFiles,
      "model.safetensors.index.json": JSON.stringify(index),
      "model-1.safetensors": "1".repeat(1500),
      "model-2.safetensors": "2".repeat(1500),
    };
    const { path } = await resolve();
    expect(
      readdirSync(path)
        .filter((name) => /bin|safetensors/.test(name))
        .toSorted(),
    ).toEqual(["model-1.safetensors", "model-2.safetensors", "model.safetensors.index.json"]);
  });

  it("gives a directory that opens as a checkpoint", async () => {
    const fixture = fileURLToPath(
      new URL("../checkpoint/__fixtures__/t7-bin-bf16/", import.meta.url),
    );
    const binary = readFileSync(join(fixture, "pytorch_model.bin"));
    mkdirSync(join(repoDir(), "blobs"), { recursive: true });
    hub.files = {
      "config.json": readFileSync(join(fixture, "config.json"), "utf8"),
      "pytorch_model.bin": weights,
    };
    writeFileSync(join(repoDir(), "blobs", sha256(weights)), binary); // a blob that is there is only linked
    const { path } = await resolve();
    await using checkpoint = await openCheckpoint(path);
    expect(checkpoint.tensors.size).toBe(24);
    expect(downloaded()).not.toContain("pytorch_model.bin");
  });

  it("asks only for the commit when everything is cached, and for nothing when a commit is given", async () => {
    await resolve();
    hub.requests.length = 0;
    expect((await resolve()).source).toBe("hub");
    expect(hub.requests).toEqual(["GET /api/models/owner/tiny/revision/main"]);
    hub.requests.length = 0;
    expect(await resolve(`owner/tiny@${hub.commit}`)).toMatchObject({
      source: "cache",
      path: snapshotDir(),
    });
    expect(hub.requests).toEqual([]);
  });

  it("downloads only what changed when the branch moves on", async () => {
    await resolve();
    hub.requests.length = 0;
    hub.commit = "b".repeat(40);
    hub.files["config.json"] = '{"model_type":"baichuan","changed":true}';
    const { path } = await resolve();
    expect(new Set(downloaded())).toEqual(new Set(["config.json"]));
    expect(readFileSync(join(path, "config.json"), "utf8")).toContain("changed");
    expect(readFileSync(join(snapshotDir("a".repeat(40)), "config.json"), "utf8")).not.toContain(
      "changed",
    );
  });

  it("takes a revision from the id or the option", async () => {
    await resolve("owner/tiny@v2.0");
    expect(hub.requests[0]).toBe("GET /api/models/owner/tiny/revision/v2.0");
    await resolve("owner/tiny", { revision: "v2.0" });
    expect(readFileSync(join(repoDir(), "refs", "v2.0"), "utf8")).toBe(hub.commit);
  });

  it("reports progress by file, from the first byte to the last", async () => {
    const large = "x".repeat(3 << 20);
    hub.files["pytorch_model.bin"] = large;
    const reports: DownloadProgress[] = [];
    await resolve(undefined, { onProgress: (progress) => reports.push(progress) });
    const ofWeights = reports.filter(({ file }) => file === "pytorch_model.bin");
    expect(ofWeights[0]).toEqual({
      file: "pytorch_model.bin",
      doneBytes: 0,
      totalBytes: large.length,
    });
    expect(ofWeights.at(-1)?.doneBytes).toBe(large.length);
    expect(ofWeights.length).toBeGreaterThanOrEqual(4);
    expect(ofWeights.map(({ doneBytes }) => doneBytes)).toEqual(
      ofWeights.map(({ doneBytes }) => doneBytes).toSorted((a, b) => a - b),
    );
    expect(new Set(reports.map(({ file }) => file)).size).toBe(5);
  });

  it("continues an interrupted download where it ended", async () => {
    hub.cutAfter = 3000; // the weights are the only file that is longer
    const error = await failure(resolve());
    expect(error.failure).toBe("network");
    expect(existsSync(join(snapshotDir(), "pytorch_model.bin"))).toBe(false);
    expect(existsSync(join(repoDir(), "refs", "main"))).toBe(false);
    const incomplete = join(repoDir(), "blobs", `${sha256(weights)}.incomplete`);
    const kept = lstatSync(incomplete).size;
    expect(kept).toBe(3000);
    expect(existsSync(join(repoDir(), "blobs", sha256(weights)))).toBe(false);

    hub.cutAfter = undefined;
    hub.ranges.length = 0;
    const reports: DownloadProgress[] = [];
    const { path } = await resolve(undefined, { onProgress: (progress) => reports.push(progress) });
    expect(hub.ranges).toEqual(["bytes=3000-4999"]);
    expect(reports[0]).toEqual({ file: "pytorch_model.bin", doneBytes: 3000, totalBytes: 5000 });
    expect(readFileSync(join(path, "pytorch_model.bin"), "utf8")).toBe(weights);
    expect(existsSync(incomplete)).toBe(false);
  });

  it("only checks a download that was complete but not named yet", async () => {
    mkdirSync(join(repoDir(), "blobs"), { recursive: true });
    writeFileSync(join(repoDir(), "blobs", `${sha256(weights)}.incomplete`), weights);
    await resolve();
    expect(downloaded()).not.toContain("pytorch_model.bin");
  });

  it.each([
    ["corrupted bytes", () => (hub.corrupt = true), () => {}],
    ["a kept part of something else", () => {}, () => writeIncomplete("other ".repeat(100))],
    [
      "a server that ignores ranges",
      () => (hub.ignoreRanges = true),
      () => writeIncomplete("w".repeat(4000)),
    ],
  ])("never gives %s a final name, and the next try succeeds", async (_, breakHub, prepare) => {
    prepare();
    breakHub();
    expect((await failure(resolve())).failure).toBe("damaged");
    const blobs = readdirSync(join(repoDir(), "blobs"));
    expect(blobs).not.toContain(sha256(weights));
    expect(blobs.filter((name) => name.endsWith(".incomplete"))).toEqual([]);
    hub.corrupt = hub.ignoreRanges = false;
    const { path } = await resolve();
    expect(readFileSync(join(path, "pytorch_model.bin"), "utf8")).toBe(weights);
  });

  it("starts over when the kept part is longer than the file", async () => {
    writeIncomplete("w".repeat(6000));
    const { path } = await resolve();
    expect(readFileSync(join(path, "pytorch_model.bin"), "utf8")).toBe(weights);
  });

  it("stops when it is aborted, and keeps what it has", async () => {
    const controller = new AbortController();
    const large = "x".repeat(8 << 20);
    hub.files["pytorch_model.bin"] = large;
    const onProgress = ({ file, doneBytes }: DownloadProgress) => {
      if (file === "pytorch_model.bin" && doneBytes > 0) controller.abort(new Error("enough"));
    };
    const error = await failure(resolve(undefined, { signal: controller.signal, onProgress }));
    expect(error.failure).toBe("aborted");
    expect(error.cause).toMatchObject({ message: "enough" });
    expect(existsSync(join(repoDir(), "blobs", sha256(large)))).toBe(false);
    expect(lstatSync(join(repoDir(), "blobs", `${sha256(large)}.incomplete`)).size).toBeGreaterThan(
      0,
    );
    expect((await failure(resolve(undefined, { signal: AbortSignal.abort() }))).failure).toBe(
      "aborted",
    );
  });

  it("lets loadModel warn when it falls back to the cache", async () => {
    await resolve();
    await hub.close();
    const warned = once(process, "warning");
    const loading = loadModel("owner/tiny", { hubUrl: hub.url, cacheDir });
    await expect(loading).rejects.toMatchObject({ code: "ERR_TOKENIZER" }); // its tokenizer is none
    const [warning] = (await warned) as [Error];
    expect(warning).toMatchObject({ name: "HubWarning", code: "ERR_HUB" });
  });

  it("uses the cache when the hub cannot be reached, and tells so", async () => {
    await resolve();
    await hub.close();
    const model = await resolve();
    expect(model).toMatchObject({ source: "cache", path: snapshotDir(), commit: hub.commit });
    expect(model.networkError?.failure).toBe("network");
    const error = await failure(resolve("owner/other"));
    expect(error).toMatchObject({ failure: "network", id: "owner/other", status: undefined });
    expect(error.message).toContain(`owner/other: ${hub.url} cannot be reached`);
  });

  it("never uses the network offline", async () => {
    await resolve();
    hub.requests.length = 0;
    expect(await resolve(undefined, { offline: true })).toMatchObject({
      source: "cache",
      path: snapshotDir(),
    });
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect(await resolve()).toMatchObject({ source: "cache" });
    const error = await failure(resolve("owner/other"));
    expect(error).toMatchObject({
      failure: "offline",
      hint: "unset HF_HUB_OFFLINE or give the path of a directory",
    });
    expect(error.message).toContain("offline, and this model is not in the cache");
    rmSync(join(snapshotDir(), "pytorch_model.bin"));
    expect((await failure(resolve())).message).toContain(
      "only a part of this model is in the cache",
    );
    expect(hub.requests).toEqual([]);
  });

  it("honours HF_ENDPOINT, HF_HUB_CACHE, HF_HOME and HF_TOKEN", async () => {
    vi.stubEnv("HF_ENDPOINT", `${hub.url}/`);
    vi.stubEnv("HF_TOKEN", "hf_secret");
    vi.stubEnv("HF_HUB_CACHE", cacheDir);
    expect((await resolveModel("owner/tiny")).path).toBe(snapshotDir());
    expect([...hub.tokens]).toEqual(["Bearer hf_secret"]);
    vi.stubEnv("HF_HUB_CACHE", undefined);
    vi.stubEnv("HF_HOME", join(cacheDir, "home"));
    expect((await resolveModel("owner/tiny")).path).toBe(
      join(cacheDir, "home", "hub", "models--owner--tiny", "snapshots", hub.commit),
    );
  });

  it.each<[string, HubFixture["failure"], Partial<HubError>, string]>([
    [
      "an unknown model",
      { status: 404, code: "RepoNotFound", error: "Repository not found" },
      { failure: "not-found", status: 404 },
      "there is no such model",
    ],
    [
      "an unknown model without a token",
      { status: 401, code: "RepoNotFound" },
      { failure: "unauthorized", status: 401 },
      "no such model, or it is private (check the spelling, or set HF_TOKEN)",
    ],
    [
      "a gated model",
      { status: 403, code: "GatedRepo" },
      { failure: "unauthorized", status: 403 },
      "access to this model must be granted first (accept its terms at",
    ],
    [
      "a gated model without a token",
      { status: 401, code: "GatedRepo" },
      { failure: "unauthorized", status: 401 },
      "set HF_TOKEN to a token of that account",
    ],
    [
      "too many requests",
      { status: 429 },
      { failure: "server", status: 429 },
      "status 429 (too many requests",
    ],
    [
      "a broken hub",
      { status: 503 },
      { failure: "server", status: 503 },
      "the hub answered with status 503",
    ],
  ])("tells %s", async (_, answer, fields, message) => {
    hub.failure = answer;
    const error = await failure(resolve());
    expect(error).toMatchObject({ ...fields, id: "owner/tiny" });
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("tells that a token has not the form of one", async () => {
    const error = await failure(resolve(undefined, { accessToken: "secret" }));
    expect(error).toMatchObject({ failure: "unauthorized", status: undefined });
    expect(error.message).not.toContain("secret");
  });

  it("tells an unknown revision", async () => {
    const error = await failure(resolve("owner/tiny@v9"));
    expect(error).toMatchObject({ failure: "no-such-revision", status: 404, id: "owner/tiny@v9" });
    expect(error.message).toContain('the model has no revision "v9"');
  });

  it("tells a failure in the middle of the download", async () => {
    hub.cutAfter = 0;
    const error = await failure(resolve());
    expect(error).toMatchObject({ failure: "network", hint: expect.stringContaining("continues") });
  });

  it.each<[string, Record<string, string>, string]>([
    ["weights", { "config.json": "{}" }, "the repository has no weights"],
    ["a config", { "model.gguf": "x" }, "the repository has no config.json"],
    [
      "a shard",
      {
        "config.json": "{}",
        "model.safetensors.index.json": '{"weight_map":{"a":"model-1.safetensors"}}',
      },
      "no model-1.safetensors, which its index names",
    ],
  ])("tells that the repository lacks %s", async (_, files, message) => {
    hub.files = files;
    const error = await failure(resolve());
    expect(error.failure).toBe("incomplete");
    expect(error.message).toContain(message);
  });

  it.each([
    "tiny",
    "./missing",
    "/no/such/directory",
    "a/b/c",
    "owner/",
    "../owner/tiny",
    "owner/ti ny",
    "owner/tiny@../x",
    "owner/a--b",
  ])("refuses %s, which is neither a directory nor an id", async (id) => {
    expect((await failure(resolve(id))).failure).toBe("invalid-id");
    expect(hub.requests).toEqual([]);
  });

  it("refuses a file, and two revisions that differ", async () => {
    const file = join(cacheDir, "pytorch_model.bin");
    writeFileSync(file, "x");
    expect((await failure(resolve(file))).message).toContain(
      "got a file (give the folder that holds it)",
    );
    expect((await failure(resolve("owner/tiny@v2.0", { revision: "main" }))).failure).toBe(
      "invalid-id",
    );
  });

  it("tells that the cache cannot be written", async () => {
    const blocked = join(cacheDir, "file");
    writeFileSync(blocked, "x");
    const error = await failure(resolve(undefined, { cacheDir: blocked }));
    expect(error).toMatchObject({
      failure: "cache",
      hint: expect.stringContaining("HF_HUB_CACHE"),
    });
  });

  it("writes nothing on the console", async () => {
    const spies = (["log", "debug", "info", "warn", "error"] as const).map((method) =>
      vi.spyOn(console, method),
    );
    await resolve();
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

function writeIncomplete(content: string): void {
  mkdirSync(join(repoDir(), "blobs"), { recursive: true });
  writeFileSync(join(repoDir(), "blobs", `${sha256(weights)}.incomplete`), content);
}
