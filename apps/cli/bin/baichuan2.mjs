#!/usr/bin/env node
import { existsSync } from "node:fs";

const MIN_NODE = 22;
const main = new URL("../dist/main.js", import.meta.url);

if (Number.parseInt(process.versions.node, 10) < MIN_NODE)
  refuse(
    `Node ${MIN_NODE} or newer, got ${process.versions.node} (\`npm start\` at the root of the clone brings its own)`,
  );
else if (!existsSync(main))
  refuse(
    "the built program in apps/cli/dist, got nothing there (run `npm start` or `npm run build` at the root of the clone first)",
  );
else await import(main.href);

/** @param {string} problem */
function refuse(problem) {
  process.stderr.write(`baichuan2: expected ${problem}\n`);
  process.exitCode = 1;
}
