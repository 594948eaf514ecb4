// LLM.int8(): encoding and decoding 16 M weights (4096 × 4096), and the product of 1 and of 8 rows with them, on one core.
import { equal } from "node:assert/strict";
import { decodeInt8Rows, encodeInt8Rows, llmInt8Matmul } from "@baichuan2/quant";
import { interleave } from "@baichuan2/tooling/bench";
import { randomWeights } from "../src/__fixtures__/random-weights.ts";
import { reportWeights } from "./report.ts";

const cols = 4096;
const count = cols * cols;
const values = randomWeights(1, count);
const rows = encodeInt8Rows(values, cols);
const out = new Float32Array(count);
const [one, eight] = [1, 8].map((tokens) => randomWeights(2, tokens * cols).map((x) => 50 * x));
eight[5] = 9;

decodeInt8Rows(rows, cols, out);
const isFar = (value: number, i: number): boolean =>
  // Half a step, and float16's rounding of the weight before.
  Math.abs(value - out[i]) > (1 / 254 + 2 ** -11) * rows.SCB[Math.floor(i / cols)];
equal(values.findIndex(isFar), -1);

const coded = await interleave([
  { name: "encodeInt8Rows", run: () => void encodeInt8Rows(values, cols) },
  { name: "decodeInt8Rows", run: () => void decodeInt8Rows(rows, cols, out) },
]);
reportWeights(coded, count);
const products = await interleave([
  { name: "llmInt8Matmul, 1 row", run: () => void llmInt8Matmul(one, rows, { cols }) },
  {
    name: "llmInt8Matmul, 8 rows, an outlier column",
    run: () => void llmInt8Matmul(eight, rows, { cols }),
  },
]);
reportWeights(products, count);
