import { expect, it } from "vitest";
import { KvPool } from "./kv-pool.ts";

const tiny = { numHiddenLayers: 2, numAttentionHeads: 1, headDim: 2 };

it("a pool never gives out the dummy slot and gives the lowest free slots first", () => {
  const pool = new KvPool(tiny);
  expect(pool.highWater).toBe(1);
  expect(pool.allocate(3)).toEqual([1, 2, 3]);
  pool.free([2]);
  expect(pool.allocate(2)).toEqual([2, 4]);
  expect(pool.highWater).toBe(5);
});

it("freeing the top slots lowers the high-water mark to the last one in use", () => {
  const pool = new KvPool(tiny);
  const slots = pool.allocate(4);
  pool.free(slots.slice(1));
  expect(pool.highWater).toBe(2);
  pool.free(slots.slice(0, 1));
  expect(pool.highWater).toBe(1);
});

it("rows are stored in their slots and survive growth", () => {
  const pool = new KvPool(tiny);
  const [slot = 0] = pool.allocate(1);
  pool.store(1, [slot], { keys: Float32Array.of(1, 2), values: Float32Array.of(3, 4) });
  pool.allocate(300);
  const { keys, values } = pool.layer(1);
  expect([...keys.subarray(2 * slot, 2 * slot + 2)]).toEqual([1, 2]);
  expect([...values.subarray(2 * slot, 2 * slot + 2)]).toEqual([3, 4]);
  expect(keys).toHaveLength(302 * 2);
  expect([...pool.layer(0).keys.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
});
