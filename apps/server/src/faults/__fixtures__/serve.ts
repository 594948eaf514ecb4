import { start } from "../../__fixtures__/start.ts";

/** A server in a process of its own; prints where it listens. */
const { url } = await start({ load: { threads: 1 } });
process.stdout.write(`${url}\n`);
