import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blobSource } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import { openCheckpoint } from "./node-open-checkpoint.ts";
import { openCheckpointFiles } from "./open-checkpoint-files.ts";

const fixture = (name: string) => fileURLToPath(new URL(`__fixtures__/${name}`, import.meta.url));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "baichuan2-checkpoint-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const use = (name: string) => cpSync(fixture(name), directory, { recursive: true });
const put = (name: string, content: string) => writeFileSync(join(directory, name), content);

async function failure(): Promise<CheckpointError> {
  try {
    await using checkpoint = await openCheckpoint(directory);
    expect(checkpoint).toBe("an error");
  } catch (error) {
    expect(error).toBeInstanceOf(CheckpointError);
    return error as CheckpointError;
  }
  throw new Error("unreachable");
}

describe("openCheckpoint", () => {
  it("tells format and files, and closes them when it is disposed", async () => {
    use("t7-safetensors-sharded-bf16");
    const checkpoint = await openCheckpoint(directory);
    expect(checkpoint.format).toBe("safetensors");
    expect(checkpoint.files).toEqual([
      {
        path: join(directory, "model-00001-of-00002.safetensors"),
        sizeBytes: 222608,
        format: "safetensors",
      },
      {
        path: join(directory, "model-00002-of-00002.safetensors"),
        sizeBytes: 212920,
        format: "safetensors",
      },
    ]);
    expect(checkpoint.config.positionScheme).toBe("rope");
    expect(checkpoint.tensors.get("model.norm.weight")?.file).toBe(
      join(directory, "model-00002-of-00002.safetensors"),
    );
    await checkpoint[Symbol.asyncDispose]();
    await checkpoint[Symbol.asyncDispose]();
    await expect(checkpoint.readBytes("model.norm.weight")).rejects.toThrow();
  });

  it("prefers safetensors where both formats are present", async () => {
    use("t7-bin-bf16");
    use("t7-safetensors-sharded-bf16");
    await using checkpoint = await openCheckpoint(directory);
    expect(checkpoint.format).toBe("safetensors");
  });

  it("opens a snapshot of the Hugging Face cache through its links", async () => {
    const blobs = join(directory, "blobs");
    const snapshot = join(directory, "snapshots", "abc");
    cpSync(fixture("t7-bin-bf16"), blobs, { recursive: true });
    mkdirSync(snapshot, { recursive: true });
    for (const name of ["config.json", "pytorch_model.bin"]) {
      renameSync(join(blobs, name), join(blobs, `${name.length}`));
      symlinkSync(join("..", "..", "blobs", `${name.length}`), join(snapshot, name));
    }
    await using checkpoint = await openCheckpoint(snapshot);
    expect(checkpoint.tensors.size).toBe(24);
    expect(await checkpoint.readFloat32("model.norm.weight")).toHaveLength(64);
  });

  it("opens files that are not on a disk, as in a browser", async () => {
    const names = ["config.json", "pytorch_model.bin"];
    await using checkpoint = await openCheckpointFiles({
      path: "picked files",
      list: async () => names,
      open: async (name) =>
        blobSource(name, new Blob([readFileSync(join(fixture("t7-bin-legacy-bf16"), name))])),
    });
    await using onDisk = await openCheckpoint(fixture("t7-bin-legacy-bf16"));
    expect(await checkpoint.readBytes("lm_head.weight")).toEqual(
      await onDisk.readBytes("lm_head.weight"),
    );
  });

  it("names the tensor that is asked for and not there", async () => {
    await using checkpoint = await openCheckpoint(fixture("t7-bin-bf16"));
    await expect(checkpoint.readBytes("model.norm.bias")).rejects.toThrow(
      'tensor "model.norm.bias": the checkpoint has no such tensor',
    );
    await expect(checkpoint.readFloat32("x")).rejects.toThrow(
      expect.objectContaining({ tensor: "x", code: "ERR_CHECKPOINT" }),
    );
    expect(() => checkpoint.readRows("x")).toThrow(CheckpointError);
  });

  it("is aborted before it opens, and in any read", async () => {
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(openCheckpoint(fixture("t7-bin-bf16"), { signal })).rejects.toThrow("stopped");
    await using checkpoint = await openCheckpoint(fixture("t7-bin-bf16"));
    await expect(checkpoint.readBytes("lm_head.weight", { signal })).rejects.toThrow("stopped");
    await expect(checkpoint.readFloat32("lm_head.weight", { signal })).rejects.toThrow("stopped");
    await expect(
      Array.fromAsync(checkpoint.readRows("lm_head.weight", { signal })),
    ).rejects.toThrow("stopped");
  });

  it("tells what was looked for in a directory without weights", async () => {
    use("t7-bin-bf16");
    rmSync(join(directory, "pytorch_model.bin"));
    const { message } = await failure();
    expect(message).toBe(
      `${directory}: expected weights in model.safetensors, model.safetensors.index.json, pytorch_model.bin or pytorch_model.bin.index.json, got only config.json (download the weights too)`,
    );
  });

  it("tells that an index is missing, or that the directory is an adapter's", async () => {
    use("t7-bin-sharded-bf16");
    rmSync(join(directory, "pytorch_model.bin.index.json"));
    expect((await failure()).message).toContain(
      "pytorch_model-00001-of-00003.bin is a shard, but its index.json is missing",
    );
    for (const name of [1, 2, 3]) rmSync(join(directory, `pytorch_model-0000${name}-of-00003.bin`));
    put("adapter_config.json", "{}");
    expect((await failure()).message).toContain("this is a LoRA adapter");
  });

  it("tells apart a missing directory, a file, and a directory of something else", async () => {
    await expect(openCheckpoint(join(directory, "none"))).rejects.toThrow(
      "expected the directory of a model, got nothing there",
    );
    put("file", "x");
    await expect(openCheckpoint(join(directory, "file"))).rejects.toThrow(
      "got a file (give the directory it is in)",
    );
    expect((await failure()).message).toContain("expected config.json, got only file");
    put("config.json", "{");
    expect(await failure()).toMatchObject({
      path: join(directory, "config.json"),
      problems: ["expected JSON, got something else"],
    });
  });

  it("lists all missing shards", async () => {
    use("t7-bin-sharded-bf16");
    rmSync(join(directory, "pytorch_model-00001-of-00003.bin"));
    rmSync(join(directory, "pytorch_model-00003-of-00003.bin"));
    expect(await failure()).toMatchObject({
      path: join(directory, "pytorch_model.bin.index.json"),
      problems: [
        "expected the shard pytorch_model-00001-of-00003.bin beside the index, got no such file",
        "expected the shard pytorch_model-00003-of-00003.bin beside the index, got no such file",
      ],
    });
  });

  it("tells that a link leads nowhere", async () => {
    use("t7-bin-bf16");
    rmSync(join(directory, "pytorch_model.bin"));
    symlinkSync("../gone", join(directory, "pytorch_model.bin"));
    expect((await failure()).message).toContain("a link to one that is not there");
  });

  it.each(["../secret.bin", "/etc/passwd", "sub/shard.bin", "..", "C:shard.bin", "a\\b.bin"])(
    "refuses an index that names %s",
    async (name) => {
      use("t7-bin-bf16");
      rmSync(join(directory, "pytorch_model.bin"));
      put(
        "pytorch_model.bin.index.json",
        JSON.stringify({ weight_map: { "lm_head.weight": name } }),
      );
      expect((await failure()).message).toContain(
        `expected the name of a file beside the index, got "${name}"`,
      );
    },
  );

  it.each<[string, string, string]>([
    ["no JSON", "{", 'expected JSON with a "weight_map"'],
    ["no weight_map", "{}", 'expected JSON with a "weight_map"'],
    ["an empty weight_map", '{"weight_map":{}}', "the weight_map is empty"],
    ["a key twice", '{"weight_map":{"a":"b.bin","a":"c.bin"}}', '"a" stands twice in the index'],
    [
      "more shards than any model has",
      JSON.stringify({
        weight_map: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`t${i}`, `s${i}`])),
      }),
      "at most 1000 shards",
    ],
  ])("refuses an index with %s", async (_, content, message) => {
    use("t7-bin-bf16");
    rmSync(join(directory, "pytorch_model.bin"));
    put("pytorch_model.bin.index.json", content);
    expect((await failure()).message).toContain(message);
  });

  it("lists keys that are not in the shard the index names", async () => {
    use("t7-safetensors-sharded-bf16");
    const path = join(directory, "model.safetensors.index.json");
    const index = JSON.parse(readFileSync(path, "utf8"));
    index.weight_map["model.norm.weight"] = "model-00001-of-00002.safetensors";
    index.weight_map["model.extra.weight"] = "model-00002-of-00002.safetensors";
    put("model.safetensors.index.json", JSON.stringify(index));
    expect((await failure()).problems.toSorted()).toEqual([
      'expected tensor "model.extra.weight" in model-00002-of-00002.safetensors, got a file without it',
      'expected tensor "model.norm.weight" in model-00001-of-00002.safetensors, got a file without it',
    ]);
  });

  it("refuses a tensor that stands in two shards", async () => {
    use("t7-bin-sharded-bf16");
    copyFileSync(
      join(directory, "pytorch_model-00001-of-00003.bin"),
      join(directory, "pytorch_model-00002-of-00003.bin"),
    );
    const path = join(directory, "pytorch_model.bin.index.json");
    const index = JSON.parse(readFileSync(path, "utf8"));
    for (const [key, name] of Object.entries(index.weight_map))
      if (name === "pytorch_model-00002-of-00003.bin") delete index.weight_map[key];
    index.weight_map["model.embed_tokens.weight"] = "pytorch_model-00002-of-00003.bin";
    put(
      "pytorch_model.bin.index.json",
      JSON.stringify({
        ...index,
        weight_map: {
          ...index.weight_map,
          "model.layers.0.self_attn.W_pack.weight": "pytorch_model-00001-of-00003.bin",
        },
      }),
    );
    const error = await failure();
    expect(error.message).toContain("stands in two files, also in");
    expect(error.tensor).toMatch(/^model\./);
  });

  it.each(["pytorch_model.bin", "config.json", "pytorch_model.bin.index.json"])(
    "recognises %s as a Git LFS pointer, a web page or an empty file",
    async (name) => {
      use(name.endsWith("index.json") ? "t7-bin-sharded-bf16" : "t7-bin-bf16");
      put(name, "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 15011946496\n");
      expect((await failure()).message).toContain(
        `${join(directory, name)}: expected the content of the file, got a Git LFS pointer (the file itself is not here; run \`git lfs pull\`)`,
      );
      put(name, "\n<!DOCTYPE html><html>");
      expect((await failure()).message).toContain("a web page");
      put(name, "");
      expect((await failure()).message).toContain("an empty file");
    },
  );

  it("refuses files of other kinds under the name of weights", async () => {
    use("t7-bin-bf16");
    put("pytorch_model.bin", "GGUF....");
    expect((await failure()).message).toContain(
      "expected a file of torch.save, got something else",
    );
    const tar = new Uint8Array(512);
    tar.set(new TextEncoder().encode("ustar"), 257);
    writeFileSync(join(directory, "pytorch_model.bin"), tar);
    expect((await failure()).message).toContain("got a tar archive");
  });

  it.each(["t7-bin-bf16", "t7-bin-legacy-bf16", "t7-safetensors-sharded-bf16"])(
    "refuses %s when it is truncated",
    async (name) => {
      use(name);
      const file = name.includes("safetensors")
        ? "model-00002-of-00002.safetensors"
        : "pytorch_model.bin";
      for (const size of [200_000, 100_000, 5_000, 100, 8, 1]) {
        truncateSync(join(directory, file), size);
        expect((await failure()).path).toBe(join(directory, file));
      }
    },
  );

  it("leaves no file open after a failure", async () => {
    use("t7-bin-sharded-bf16");
    truncateSync(join(directory, "pytorch_model-00003-of-00003.bin"), 1000);
    const closed: string[] = [];
    const { openFileSource } = await import("./node-file-source.ts");
    const names = [
      "config.json",
      "pytorch_model.bin.index.json",
      ...[1, 2, 3].map((i) => `pytorch_model-0000${i}-of-00003.bin`),
    ];
    const opened: string[] = [];
    const opening = openCheckpointFiles({
      path: directory,
      list: async () => names,
      open: async (name) => {
        const source = await openFileSource(join(directory, name));
        opened.push(name);
        return {
          ...source,
          close: async () => {
            closed.push(name);
            await source.close();
          },
        };
      },
    });
    await expect(opening).rejects.toThrow(CheckpointError);
    expect(opened.toSorted()).toEqual(names.toSorted());
    expect(closed.toSorted()).toEqual(names.toSorted());
  });
});
