import { packageTests } from "@baichuan2/tooling/vitest";

export default packageTests("tiny-chat", ["**/*.test.ts"]);
