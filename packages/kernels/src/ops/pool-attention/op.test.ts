import { expect, it } from "vitest";
import { Graph } from "../../graph/graph.ts";
import { f32, type Tensor } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { poolAttention } from "./op.ts";

const MASKED = -3.4028234663852886e38;
const row = (...values: number[]): Tensor => f32(Float32Array.from(values), [values.length, 1, 1]);

async function attend(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  keyPool: Tensor,
  valuePool: Tensor,
  bias: Tensor,
) {
  const [y] = await runOp([query, key, value, keyPool, valuePool, bias], (g, ...values) => {
    const [q, k, v, kPool, vPool, b] = values;
    return poolAttention(
      g,
      { query: q!, key: k!, value: v!, keyPool: kPool!, valuePool: vPool!, bias: b! },
      1,
    );
  });
  return y;
}

it("poolAttention weighs pool slots and new rows by softmax", async () => {
  // Scores ln 3 (slot) and 0 (new row): weights 3/4 and 1/4.
  const y = await attend(
    row(1),
    row(0),
    row(8),
    row(Math.log(3)),
    row(4),
    f32(new Float32Array(2), [1, 2]),
  );
  expect(y).toEqual([expect.closeTo(5, 6)]);
});

it("poolAttention gives masked slots no weight", async () => {
  const y = await attend(
    row(1),
    row(0),
    row(8),
    row(100),
    row(4),
    f32(Float32Array.of(MASKED, 0), [1, 2]),
  );
  expect(y).toEqual([8]);
});

it("poolAttention names all shapes when the bias does not fit", () => {
  const g = new Graph();
  const rows = g.input("rows", "f32", ["T", 2, 4]);
  const pool = g.input("pool", "f32", ["S", 2, 4]);
  const bias = g.input("bias", "f32", ["T", "S"]);
  const inputs = { query: rows, key: rows, value: rows, keyPool: pool, valuePool: pool, bias };
  expect(() => poolAttention(g, inputs, 1)).toThrow(
    "poolAttention: expected query, key, value [T, H, D], pools [S, H, D], bias [T, S+T] or [H, T, S+T], got [T, 2, 4]",
  );
});
