import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readTensorFile } from "./node-read-tensors.ts";
import { writeWeights } from "./node-write-weights.ts";

it("weights larger than a file may be become shards, in order, with an index", async () => {
  const directory = await mkdtemp(join(tmpdir(), "write-weights-"));
  try {
    const tensors = [2, 2, 1, 4].map((count, seed) => {
      const values = new Float32Array(count).fill(seed);
      const chunks = [new Uint8Array(values.buffer)];
      return { name: `t${seed}`, shape: [count], dtype: "f32", chunks } as const;
    });
    await writeWeights(directory, tensors, { maxShardBytes: 12 });
    // 8 bytes; 8 + 4; 16, which is more than a file may hold and has one of its own
    const shards = [1, 2, 3].map((shard) => `model-0000${shard}-of-00003.safetensors`);
    expect((await readdir(directory)).toSorted()).toEqual([
      ...shards,
      "model.safetensors.index.json",
    ]);
    const text = await readFile(join(directory, "model.safetensors.index.json"), "utf8");
    const [one, two, three] = shards;
    expect(JSON.parse(text)).toMatchObject({
      metadata: { total_size: 36 },
      weight_map: { t0: one, t1: two, t2: two, t3: three },
    });
    const second = await readTensorFile(join(directory, two ?? ""));
    expect([...second.keys()]).toEqual(["t1", "t2"]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
