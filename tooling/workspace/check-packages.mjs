// `pnpm packages`: packs each published package as a release would, and has publint and attw read the archive.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { node24, root, run, tool } from "./processes.mjs";
import { packageFolders, progress } from "./set-up.mjs";

const pnpm = join(root, "node_modules/pnpm/bin/pnpm.mjs");
const attwScript = tool("@arethetypeswrong/cli", "attw");
const published = packageFolders().filter(
  (folder) => !JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")).private,
);

for (const folder of published) {
  const target = mkdtempSync(join(tmpdir(), "baichuan2-pack-"));
  try {
    if ((await checkPackage(folder, target)) !== 0) {
      progress(`${folder}: the packed package has problems`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(target, { recursive: true });
  }
}

/**
 * @param {string} folder
 * @param {string} target - Where the archive goes.
 */
async function checkPackage(folder, target) {
  const cwd = join(root, folder);
  const packed = await run(node24, [pnpm, "pack", "--pack-destination", target], {
    cwd,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (packed !== 0) return packed;
  const archive = join(target, readdirSync(target)[0] ?? "");
  const publint = await run(node24, [tool("publint"), archive, "--strict"]);
  const attwArgs = [attwScript, archive, "--profile=esm-only"];
  const attw = await run(node24, [...attwArgs, "--quiet"]);
  if (attw !== 0) await run(node24, attwArgs);
  return publint || attw;
}
