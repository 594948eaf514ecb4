import { packageTests } from "@baichuan2/tooling/vitest";

export default packageTests("eval");
