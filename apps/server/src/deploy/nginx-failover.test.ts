import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import {
  inSession,
  question,
  replicaOf,
  startBalanced,
  type Balanced,
} from "../__fixtures__/balanced.ts";
import { ask, underLoad, type Outcome } from "../__fixtures__/load.ts";
import { describeNginx } from "../__fixtures__/nginx.ts";

/** Tokens of an answer that takes a second of an idle machine: something can happen in its middle. */
const LONG = 480;
const LOAD = { requests: 40, concurrency: 8 };
/** Ended requests after which something happens. */
const SOME = 10;

const count = (outcomes: readonly Outcome[], end: Outcome["end"]): number =>
  outcomes.filter((outcome) => outcome.end === end).length;

describeNginx("two replicas behind nginx", () => {
  let balanced: Balanced;
  let client: OpenAI;
  beforeAll(async () => {
    balanced = await startBalanced();
  }, 60_000);
  beforeEach(async () => {
    await balanced.mend();
    client = balanced.client();
  }, 60_000);
  afterAll(() => balanced[Symbol.asyncDispose]());

  it("answer all of a load of which one was killed in the middle; no answer is cut off silently", async () => {
    const patient = balanced.client({ maxRetries: 5 });
    const told: unknown[] = [];
    const send = async (index: number): Promise<Outcome> => {
      const first = await ask(patient, index);
      if (first.end !== "error") return first;
      told.push(first.error);
      return ask(patient, index); // what a caller does with a stream that broke off
    };
    const outcomes = await underLoad(LOAD, send, (ended) => {
      if (ended === SOME) void balanced.replicas["A"]?.kill();
    });
    expect(count(outcomes, "whole"), String(told)).toBe(LOAD.requests);
    // Only streams that had begun can fail: the other requests of the killed one were sent again by nginx.
    expect(told.length).toBeLessThanOrEqual(LOAD.concurrency);
    expect(told.every((error) => error instanceof Error)).toBe(true);

    const after = await underLoad(LOAD, (index) => ask(client, index, 4));
    expect(after).toEqual(after.map(() => ({ end: "whole", replica: "B" })));
  });

  it("answer all of a load in which one is shut down and comes back, without an error", async () => {
    let exit: Promise<number | null> | undefined;
    const send = (index: number) => ask(client, index);
    const outcomes = await underLoad(LOAD, send, (ended) => {
      if (ended === SOME) exit = balanced.replicas["A"]?.terminate();
    });
    expect(outcomes.filter(({ end }) => end !== "whole")).toEqual([]);
    expect(await exit).toBe(0);

    await balanced.restart("A");
    await vi.waitFor(async () => expect(await ask(client, 0, 4)).toMatchObject({ replica: "A" }), {
      timeout: 20_000,
      interval: 100,
    });
  });

  it("finish a request whose replica dies before the answer begins, without a try of the client", async () => {
    const answer = client.chat.completions.create(question(LONG), inSession("one")).withResponse();
    const busy = await vi.waitFor(() => busyReplica(balanced), { timeout: 10_000, interval: 5 });
    await balanced.replicas[busy]?.kill();
    const { data, response } = await answer;
    expect(replicaOf(response)).not.toBe(busy);
    expect(data.choices[0]?.finish_reason).toBe("length");
  });

  it("break a stream off with an error when its replica dies, and answer the next try", async () => {
    const start = () =>
      client.chat.completions
        .create({ ...question(LONG), stream: true }, inSession("one"))
        .withResponse();
    const { data, response } = await start();
    const first = replicaOf(response);
    const finishes = new Set<string | null | undefined>();
    const read = async (): Promise<void> => {
      for await (const { choices } of data) {
        finishes.add(choices[0]?.finish_reason);
        await balanced.replicas[first]?.kill();
      }
    };
    await expect(read()).rejects.toThrow("terminated"); // fetch's word for it; the client passes it on
    expect([...finishes]).toEqual([null]);

    const again = await start();
    expect(replicaOf(again.response)).not.toBe(first);
    for await (const { choices } of again.data) finishes.add(choices[0]?.finish_reason);
    expect(finishes).toContain("length");
  });

  it("let nginx tell an error of the API when both are gone, which clients retry", async () => {
    await Promise.all(Object.values(balanced.replicas).map((replica) => replica.kill()));
    // The first request finds that out, the second one nobody to try.
    for (let turn = 0; turn < 2; turn++) {
      const error: unknown = await client.chat.completions.create(question(4)).catch((e) => e);
      expect(error).toBeInstanceOf(OpenAI.InternalServerError);
      const { status, type, code, headers, requestID } = error as InstanceType<
        typeof OpenAI.APIError
      >;
      expect({ status, type, code }).toEqual({
        status: 502,
        type: "server_error",
        code: "no_replica",
      });
      expect(headers?.get("content-type")).toBe("application/json");
      expect(headers?.get("retry-after")).toBe("1");
      expect(headers?.get("x-should-retry")).toBe("true");
      expect(requestID).toMatch(/^req_[0-9a-f]{32}$/);
    }
    const retried = balanced.client({ maxRetries: 20 }).chat.completions.create(question(4));
    await balanced.restart("B");
    expect((await retried).choices[0]?.finish_reason).toBe("length");
  });
});

async function busyReplica({ replicas }: Balanced): Promise<string> {
  for (const { name, load } of Object.values(replicas)) if ((await load()) > 0) return name;
  throw new Error("expected a replica at work, got none");
}
