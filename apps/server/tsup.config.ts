import { nodeApp } from "@baichuan2/tooling/tsup";

export default nodeApp({ index: "src/index.ts" });
