// Stands for an editor: `editor.mjs FILE` saves two lines.
import { writeFileSync } from "node:fs";

writeFileSync(process.argv[2] ?? "", "first line\nsecond line\n");
