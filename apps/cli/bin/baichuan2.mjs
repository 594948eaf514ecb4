#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write(
    "baichuan2: expected the built program in apps/cli/dist, got nothing there (run `npm start` or `npm run build` at the root of the clone first)\n",
  );
  process.exitCode = 1;
}
