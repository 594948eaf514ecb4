import { nodeApp } from "@baichuan2/tooling/tsup";

export default nodeApp({ main: "src/main.ts" });
