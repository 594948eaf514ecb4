import { library } from "@baichuan2/tooling/tsup";

export default library({
  index: "src/index.ts",
  node: "src/node.ts",
  // Started by URL, beside the file that starts them.
  worker: "src/workers/worker.ts",
  "node-worker": "src/node/worker.ts",
});
