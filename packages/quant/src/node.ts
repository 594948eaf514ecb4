export { createNodeQuantPool } from "./node/create-node-quant-pool.ts";
export { threadArguments } from "./node/thread-arguments.ts";
