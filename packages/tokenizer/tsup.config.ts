import { library } from "@baichuan2/tooling/tsup";

export default library(
  { index: "src/index.ts", node: "src/node.ts", sentencepiece: "src/sentencepiece/index.ts" },
  ["sentencepiece-js"],
);
