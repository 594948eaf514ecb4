import { expect, it } from "vitest";
import { KvCacheFullError } from "./kv-cache-full-error.ts";
import { KvPool } from "./kv-pool.ts";

const tiny = { numHiddenLayers: 2, numAttentionHeads: 1, headDim: 2 };

it("a pool never gives out the dummy slot and gives the lowest free slots first", () => {
  const pool = new KvPool(tiny);
  expect(pool.table.end).toBe(1);
  expect(pool.allocate(3)).toEqual([1, 2, 3]);
  pool.release([2]);
  expect(pool.allocate(1)).toEqual([2]);
  expect(pool.table.end).toBe(4);
});

it("slots lie right after the ones they continue, else in the first gap that holds all of them", () => {
  const pool = new KvPool(tiny);
  pool.allocate(10);
  pool.release([2, 3, 6, 7, 8]);
  expect(pool.allocate(2, 5)).toEqual([6, 7]);
  expect(pool.allocate(3, 7)).toEqual([11, 12, 13]);
  expect(pool.allocate(2, 1)).toEqual([2, 3]);
});

it("where no gap holds them slots are the lowest free ones", () => {
  const pool = new KvPool(tiny, 5);
  pool.allocate(5);
  pool.release([2, 4, 5]);
  expect(pool.allocate(3)).toEqual([2, 4, 5]);
});

it("a slot is free when its last owner has given it back", () => {
  const pool = new KvPool(tiny);
  const slots = pool.allocate(4);
  pool.retain(slots.slice(0, 2));
  pool.release(slots);
  expect([pool.table.used, pool.table.end]).toEqual([2, 3]);
  pool.release(slots.slice(0, 2));
  expect([pool.table.used, pool.table.end]).toEqual([0, 1]);
  expect(() => pool.release([1])).toThrow("kvPool: expected a slot in use, got 1");
});

it("a full pool says so and stays as it was", () => {
  const pool = new KvPool(tiny, 300);
  pool.allocate(299);
  const error: unknown = (() => {
    try {
      return pool.allocate(2);
    } catch (reason) {
      return reason;
    }
  })();
  expect(error).toBeInstanceOf(KvCacheFullError);
  expect(error).toMatchObject({ code: "ERR_KV_CACHE_FULL", used: 299, limit: 300, needed: 2 });
  expect([pool.table.used, pool.capacity]).toEqual([299, 300]);
  expect(pool.allocate(1)).toEqual([300]);
});

it("rows are stored in their slots and survive growth", () => {
  const pool = new KvPool(tiny);
  const [slot = 0] = pool.allocate(1);
  pool.store(1, [slot], { keys: Float32Array.of(1, 2), values: Float32Array.of(3, 4) });
  pool.allocate(300);
  const { keys, values } = pool.window(1, slot, 302);
  expect([...keys.subarray(0, 2)]).toEqual([1, 2]);
  expect([...values.subarray(0, 2)]).toEqual([3, 4]);
  expect(keys).toHaveLength(301 * 2);
  expect([...pool.window(0, 0, 2).keys]).toEqual([0, 0, 0, 0]);
});

it("growing while a run may read leaves the arrays of before alone", () => {
  const pool = new KvPool(tiny);
  const view = pool.window(0, 0, 2).keys;
  pool.isRead = true;
  pool.allocate(300);
  expect(view).toHaveLength(4);
  pool.isRead = false;
  const next = pool.window(0, 0, 2).keys;
  pool.allocate(600);
  expect(next).toHaveLength(0);
});

it("contents and owners of slots move together", () => {
  const pool = new KvPool(tiny);
  pool.allocate(3);
  pool.retain([3]);
  pool.release([2]);
  for (const layer of [0, 1]) {
    const rows = Float32Array.of(1, 1, 2, 2, 3, 3).map((value) => value + 10 * layer);
    pool.store(layer, [1, 2, 3], { keys: rows, values: rows.map((value) => -value) });
  }
  pool.permute(Int32Array.of(0, 2, -2, 1)); // 1 -> 2, 3 -> 1
  expect([1, 2, 3].map((slot) => pool.table.countOf(slot))).toEqual([2, 1, 0]);
  expect(pool.read(1, [1, 2])).toEqual({
    keys: Float32Array.of(13, 13, 11, 11),
    values: Float32Array.of(-13, -13, -11, -11),
  });
});
