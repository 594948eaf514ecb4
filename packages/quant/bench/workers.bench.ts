// A pool's speed over many matrices, on the calling thread and on one and two threads: int4 by search, G = 64.
// One job is 256 rows of 4096 weights, 4 MiB that are copied and move to a thread.
import { deepEqual } from "node:assert/strict";
import { interleave } from "@baichuan2/tooling/bench";
import { encodeInt4, type Int4Job } from "@baichuan2/quant";
import { createNodeQuantPool } from "@baichuan2/quant/node";
import { randomWeights } from "../src/__fixtures__/random-weights.ts";

const JOBS = 12;
const layout = { cols: 4096, blockSize: 64 } as const;
const weights = randomWeights(1, 256 * layout.cols);
const expected = encodeInt4(weights, layout);

/** Copies lazily, as a reader of a checkpoint does: a pool takes each buffer away. */
function* jobs(): Generator<Int4Job> {
  for (let job = 0; job < JOBS; job++) yield { kind: "int4", values: weights.slice(), ...layout };
}

const contenders = [0, 1, 2].map((threads) => {
  const pool = createNodeQuantPool({ threads });
  return {
    name: `threads ${threads}`,
    pool,
    run: async () => {
      let last;
      for await (const result of pool.map(jobs())) last = result;
      deepEqual(last?.scales, expected.scales);
    },
  };
});

for (const { name, medianSeconds, minSeconds, maxSeconds } of await interleave(contenders)) {
  const [median, low, high] = [medianSeconds, maxSeconds, minSeconds].map((seconds) =>
    ((JOBS * weights.length) / 1e6 / seconds).toFixed(0),
  );
  console.log(`${name}: ${median} M weights/s (${low} to ${high})`);
}
for (const { pool } of contenders) await pool.dispose();
