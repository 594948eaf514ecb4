import { expect, vi } from "vitest";

/** Longest time that a server may take to let go of everything. */
const REST_MS = 20_000;

/** What `/load` tells. */
interface Load {
  readonly server_load: number;
  readonly sequences: { readonly running: number; readonly waiting: number; readonly held: number };
  readonly slots: { readonly used: number; readonly cached: number };
}

/** Waits until a server has nothing left to do, by all that it tells of itself. */
export async function expectRest(url: string): Promise<void> {
  const options = { timeout: REST_MS, interval: 50 };
  await vi.waitFor(async () => {
    const { server_load, sequences, slots } = (await (await fetch(`${url}/load`)).json()) as Load;
    expect({ server_load, ...sequences, slots: slots.used - slots.cached }).toMatchObject({
      server_load: 0,
      running: 0,
      waiting: 0,
      held: 0,
      slots: 0,
    });
    const metrics = await readMetrics(url);
    expect(metrics("num_requests_running")).toBe(0);
    expect(metrics("num_requests_waiting")).toBe(0);
    expect(metrics("kv_cache_usage_perc")).toBe(0);
  }, options);
}

/**
 * Reads `/metrics`.
 *
 * @returns the sum over all labels of what has a name, and a text among its labels; 0 where nothing has.
 */
export async function readMetrics(url: string): Promise<(name: string, label?: string) => number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
  return (name, label = "") =>
    lines
      .filter((line) => line.startsWith(`baichuan2:${name}{`) && line.includes(label))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}
