import { nodeApp } from "@baichuan2/tooling/tsup";

export default nodeApp({
  index: "src/index.ts",
  "trainer-process": "src/fine-tuning/trainer-process.ts",
});
