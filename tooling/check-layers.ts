// `pnpm layers`: proves the arrows of ARCHITECTURE.md; the rules are in layers.ts.
import { fileURLToPath } from "node:url";
import { layerViolations } from "./layers.ts";

const violations = layerViolations(fileURLToPath(new URL("../", import.meta.url)));
for (const violation of violations) console.error(violation);
if (violations.length > 0) process.exitCode = 1;
else console.error("layers: all imports point down");
