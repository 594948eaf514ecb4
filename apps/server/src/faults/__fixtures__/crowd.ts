import OpenAI from "openai";
import { expect, vi } from "vitest";
import { NAME } from "../../__fixtures__/start.ts";

/** Streams, and as many requests without one. */
export const EACH = 20;

/** More than one of them runs for; far from the end when all have begun. */
const MAX_TOKENS = 480;

/**
 * Asks for 20 streams, and for 20 answers in one piece when those have begun: more than run side by side.
 *
 * @returns how each ends, streams first; when all of them are inside.
 */
export async function crowd(url: string): Promise<Promise<PromiseSettledResult<unknown>[]>[]> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  const request = (index: number) => ({
    model: NAME,
    messages: [{ role: "user" as const, content: `${index} + 1 = ?` }],
    max_tokens: MAX_TOKENS,
    ignore_eos: true,
  });
  const begun: Promise<void>[] = [];
  const indices = Array.from({ length: EACH }, (_, index) => index);
  const streams = indices.map(async (index) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    begun.push(promise);
    const stream = await client.chat.completions.create({ ...request(index), stream: true });
    for await (const { choices } of stream) if (choices[0]?.delta.content) resolve();
  });
  await Promise.all(begun);
  const whole = indices.map(async (index) => client.chat.completions.create(request(-1 - index)));
  await vi.waitFor(async () => {
    const load = (await (await fetch(`${url}/load`)).json()) as { readonly server_load: number };
    expect(load.server_load).toBe(2 * EACH);
  }, 10_000);
  return [Promise.allSettled([...streams, ...whole])]; // a promise of a promise would be waited for
}

/** Why all of them have failed. @throws {Error} if one has not. */
export function reasonsOf(ends: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return ends.map((end) => {
    if (end.status === "fulfilled") throw new Error("request: expected it to fail, got an answer");
    return end.reason as unknown;
  });
}
