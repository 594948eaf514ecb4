import { createQuantPool } from "@baichuan2/quant";
import { expect, it } from "vitest";
import { itemSize } from "../checkpoint/dtype.ts";
import { elementCount } from "../checkpoint/stored-tensor.ts";
import {
  int4Defaults,
  quantizeLinear,
  type LinearQuantization,
} from "../network/quantize-linear.ts";
import type { StoredRows } from "../network/weight-rows.ts";
import { declareLinear, linearTensors } from "./linear-tensors.ts";

const name = "model.layers.0.mlp.up_proj.weight";
const shape = [3, 64] as const;

async function* rows(): AsyncGenerator<StoredRows> {
  const values = Float32Array.from({ length: 3 * 64 }, (_, i) => Math.sin(i + 1));
  yield { values, dtype: "f32" };
}

it.each<LinearQuantization>([
  { format: "nf4" },
  { format: "int8" },
  { ...int4Defaults, blockSize: 32 },
  { ...int4Defaults, blockSize: 32, symmetric: false },
])("what is declared of a linear is what comes: %o", async (quantization) => {
  await using pool = createQuantPool({ threads: 0 });
  const linear = await quantizeLinear({ name, shape, rows: rows() }, quantization, pool);
  const tensors = await linearTensors(linear);
  const declared = declareLinear(name, shape, quantization);
  const key = (tensor: { name: string }): string => tensor.name;
  expect(tensors.map(key).toSorted()).toEqual(declared.map(key).toSorted());
  for (const tensor of declared) {
    const { dtype, shape: dims, bytes } = tensors.find((one) => one.name === tensor.name)!;
    expect({ name: tensor.name, dtype, shape: dims }).toEqual(tensor);
    expect(bytes.byteLength).toBe(elementCount(dims) * itemSize(dtype));
  }
});
