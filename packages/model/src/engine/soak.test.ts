import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { EngineStats } from "./engine-stats.ts";

const soak = fileURLToPath(new URL("./__fixtures__/soak.ts", import.meta.url));

/** What `soak.ts` prints. */
interface Soaked {
  readonly before: EngineStats;
  readonly after: EngineStats;
  readonly endings: Readonly<Record<string, number>>;
}

/** V8 enlarges the space of young objects when it likes, which says nothing of leaks; in the engine's thread up to these bytes. */
const FLAGS = ["--conditions=@baichuan2/source", "--expose-gc", "--max-semi-space-size=1"];
const YOUNG_BYTES = 24 * 2 ** 20;

it("1,000 mixed requests with aborts at random moments leave nothing behind", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, soak, "1000"]);
  const { before, after, endings } = JSON.parse(stdout) as Soaked;
  const { ok = 0, 20: aborted = 0, ERR_TOKEN_ID: unknownId = 0 } = endings; // 20: DOMException.ABORT_ERR
  expect(ok + aborted + unknownId).toBe(1000);
  expect(Math.min(ok, aborted, unknownId)).toBeGreaterThan(50);
  expect(after.sequences).toMatchObject({ running: 0, waiting: 0, held: 0 });
  expect(after.slots.used).toBe(after.slots.cached);
  expect(after.rssBytes).toBeLessThan(1.05 * before.rssBytes + YOUNG_BYTES);
}, 120_000);
