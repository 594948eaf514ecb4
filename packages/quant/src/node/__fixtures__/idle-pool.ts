// A program that uses a pool and forgets to dispose it. It must end.
import { createNodeQuantPool } from "../create-node-quant-pool.ts";

const pool = createNodeQuantPool({ threads: 2 });
const { scales } = await pool.run({ kind: "int16-rows", values: Float32Array.of(32_639), cols: 1 });
console.log(scales.length);
