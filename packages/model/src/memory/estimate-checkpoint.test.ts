import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UnsupportedError } from "@baichuan2/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { quantizeCheckpoint } from "../quantize/quantize-checkpoint.ts";
import { estimateCheckpoint } from "./estimate-checkpoint.ts";
import { estimate } from "./estimate.ts";

const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));

let folder = "";
let quantized = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "estimate-checkpoint-"));
  quantized = join(folder, "nf4");
  await quantizeCheckpoint(tinyChat, quantized, { format: "nf4", threads: 1 });
});
afterAll(() => rm(folder, { recursive: true }));

describe("estimateCheckpoint", () => {
  it("is the estimate of its shape for unquantized weights", async () => {
    await using checkpoint = await openCheckpoint(tinyChat);
    const { config } = checkpoint;
    for (const dtype of ["float32", "int8", "nf4"] as const)
      expect(await estimateCheckpoint(checkpoint, { dtype })).toEqual(
        estimate({ variant: config, dtype }),
      );
  });

  it("takes quantized weights as they are, and refuses what loading would", async () => {
    await using checkpoint = await openCheckpoint(quantized);
    const own = await estimateCheckpoint(checkpoint);
    expect(own.dtype).toBe("nf4");
    expect(own).toEqual(estimate({ variant: checkpoint.config, dtype: "nf4" }));
    await expect(estimateCheckpoint(checkpoint, { dtype: "int8" })).rejects.toThrow(
      UnsupportedError,
    );
    await using plain = await openCheckpoint(tinyChat);
    await expect(estimateCheckpoint(plain, { dtype: "int4" })).rejects.toThrow(CheckpointError);
  });
});
