export { createNodeQuantPool } from "./node/create-node-quant-pool.ts";
