// `pnpm check`: every check of the workspace, one after the other; each is a script of package.json
// and runs alone as `pnpm <name>`. All run, also after a failure; the end tells which failed.
// `--no-tests` leaves out the tests, for a caller that has just run `npm test` itself.
import { node24, run } from "./processes.mjs";
import { ensureInstalled, main, progress, requireNode, SetUpError } from "./set-up.mjs";

const STEPS = [
  { script: "lint", proves: "oxlint with type information" },
  { script: "format:check", proves: "oxfmt" },
  { script: "types", proves: "tsc -b" },
  { script: "layers", proves: "imports point down, browser entries are free of Node" },
  { script: "unused", proves: "knip: dead exports, undeclared dependencies" },
  { script: "build", proves: "turbo and tsup" },
  { script: "test", proves: "vitest" },
  { script: "packages", proves: "publint and attw on the packed packages" },
  { script: "size", proves: "size-limit of the browser entries" },
];

/** @param {readonly string[]} args */
async function check(args) {
  const unknown = args.find((arg) => arg !== "--no-tests");
  if (unknown) throw new SetUpError(`check: expected --no-tests or nothing, got "${unknown}"`);
  requireNode();
  await ensureInstalled();

  const results = [];
  for (const { script, proves } of STEPS) {
    if (script === "test" && args.includes("--no-tests")) continue;
    progress(`check ${script}: ${proves}`);
    const start = performance.now();
    const code = await run(node24, ["--run", script]);
    results.push({ script, code, seconds: (performance.now() - start) / 1e3 });
  }
  return summary(results);
}

/** @param {{ script: string, code: number, seconds: number }[]} results */
function summary(results) {
  const failed = results.filter(({ code }) => code !== 0).map(({ script }) => script);
  progress("check summary");
  for (const { script, code, seconds } of results)
    progress(
      `  ${code === 0 ? "ok    " : "FAILED"}  ${script.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`,
    );
  progress(
    failed.length === 0
      ? "all checks passed"
      : `failed: ${failed.join(", ")} (see above; each runs alone as \`pnpm <name>\`)`,
  );
  return failed.length === 0 ? 0 : 1;
}

await main(() => check(process.argv.slice(2)));
