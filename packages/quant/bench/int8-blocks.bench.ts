// int8 blocks from weights, from NF4, and back; int16 rows beside them. 256 rows of 4096 normal weights.
import { ok } from "node:assert/strict";
import { interleave } from "@baichuan2/tooling/bench";
import {
  decodeInt16Rows,
  decodeInt8Blocks,
  encodeInt16Rows,
  encodeInt8Blocks,
  int8BlocksFromFourBit,
} from "@baichuan2/quant";
import { randomWeights, relativeError } from "../src/__fixtures__/random-weights.ts";
import { decodeFourBit, encodeFourBit } from "../src/four-bit/index.ts";

const COLS = 4096;
const layout = { cols: COLS, blockSize: 64 } as const;
const weights = randomWeights(1, 256 * COLS);
const count = weights.length;
const decoded = new Float32Array(count);
const blocks = encodeInt8Blocks(weights, layout);
const nf4 = encodeFourBit(weights);
const rows = encodeInt16Rows(weights, COLS);

const errors = {
  "int8 blocks": relativeError(weights, decodeInt8Blocks(blocks, layout)),
  "int8 blocks from NF4, against NF4": relativeError(
    decodeFourBit(nf4, { count, roundTo: "f32" }),
    decodeInt8Blocks(int8BlocksFromFourBit(nf4, { count }), layout),
  ),
  "int16 rows": relativeError(weights, decodeInt16Rows(rows, COLS)),
};
ok(errors["int8 blocks"] < 0.007 && errors["int16 rows"] < 4e-5);
ok(errors["int8 blocks from NF4, against NF4"] < 0.006);
for (const [name, error] of Object.entries(errors))
  console.log(`${name}: error ${error.toPrecision(3)}`);

const timings = await interleave([
  { name: "encodeInt8Blocks", run: () => void encodeInt8Blocks(weights, layout) },
  { name: "decodeInt8Blocks", run: () => void decodeInt8Blocks(blocks, layout, decoded) },
  { name: "int8BlocksFromFourBit", run: () => void int8BlocksFromFourBit(nf4, { count }) },
  { name: "encodeInt16Rows", run: () => void encodeInt16Rows(weights, COLS) },
  { name: "decodeInt16Rows", run: () => void decodeInt16Rows(rows, COLS, decoded) },
]);
for (const { name, medianSeconds, minSeconds, maxSeconds } of timings) {
  const [median, low, high] = [medianSeconds, maxSeconds, minSeconds].map((seconds) =>
    (count / 1e6 / seconds).toFixed(0),
  );
  console.log(`${name}: ${median} M weights/s (${low} to ${high})`);
}
