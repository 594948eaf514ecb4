import { library } from "@baichuan2/tooling/tsup";

export default library({
  index: "src/index.ts",
  "ort-node": "src/backends/ort/node.ts",
  "ort-web": "src/backends/ort/web.ts",
  // Started by URL, beside the file that starts it.
  "ort-checksum-thread": "src/backends/ort/packed/worker.ts",
});
