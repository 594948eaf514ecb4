import { fileURLToPath } from "node:url";
import { createNodeQuantPool } from "@baichuan2/quant/node";
import { expect, it } from "vitest";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
import { planWeights } from "./weight-plan.ts";

const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));

it.each(["nf4", "int8"] as const)("norms stay float32 beside %s linears", async (dtype) => {
  await using checkpoint = await openCheckpoint(tinyChat);
  await using pool = createNodeQuantPool({ threads: 1 });
  const { path, tensors } = checkpoint;
  const plan = planWeights({ path, tensors, linears: new Map() }, { dtype });
  const weights = checkpointWeights(checkpoint, { plan, pool });
  const chunks = await Array.fromAsync(weights.read("model.norm.weight"));
  expect(chunks).toEqual([{ values: expect.any(Float32Array) as Float32Array }]);
  expect(chunks[0]?.["values"]).toHaveLength(64);
});
