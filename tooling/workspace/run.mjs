// The root's commands, on any machine with Node and npm: `run.mjs start|test|bench [arguments]`.
// Each sets the clone up as far as it needs, then hands over to the real program on Node 24.
import { bench } from "./bench.mjs";
import { node24, run, tool } from "./processes.mjs";
import { ensureBuilt, ensureInstalled, main, requireNode, SetUpError } from "./set-up.mjs";

/** What `npm start` runs; the user's own arguments follow. */
const START = ["apps/cli/bin/baichuan2.mjs", "chat", "--bundled"];

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const commands = {
  async start(args) {
    await ensureBuilt();
    return run(node24, [...START, ...args]);
  },
  // Built first: tests of the command line start the program as a user does.
  async test(args) {
    await ensureBuilt();
    return run(node24, [tool("vitest"), "run", ...args]);
  },
  bench,
};

const [name = "", ...args] = process.argv.slice(2);
await main(async () => {
  const command = commands[name];
  if (!command)
    throw new SetUpError(
      `run.mjs: expected one of ${Object.keys(commands).join(", ")}, got "${name}"`,
    );
  requireNode();
  await ensureInstalled();
  return command(args);
});
