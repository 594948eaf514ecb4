import { library } from "@baichuan2/tooling/tsup";

export default library({ index: "src/index.ts" });
