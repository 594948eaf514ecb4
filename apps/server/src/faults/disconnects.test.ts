import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";
import { expectRest, readMetrics } from "./__fixtures__/at-rest.ts";
import { open, rawRequest, readToEnd } from "./__fixtures__/raw-client.ts";

const CLIENTS = 500;
/** At a time: more than run side by side. */
const PARALLEL = 40;

/** Of about 7 and 170 tokens: the long ones are cut into several runs of the network. */
const text = fc
  .tuple(fc.constantFrom(1, 25), fc.integer({ min: 0, max: 9 }))
  .map(([times, digit]) => `${digit} + 1 = ? `.repeat(times));
const maxTokens = fc.integer({ min: 1, max: 60 });

const chat = fc.record({
  messages: text.map((content) => [{ role: "user", content }]),
  stream: fc.boolean(),
  n: fc.integer({ min: 1, max: 4 }),
  max_tokens: maxTokens,
  ignore_eos: fc.constant(true),
});
const json = fc.record({
  messages: text.map((content) => [{ role: "user", content }]),
  stream: fc.boolean(),
  max_tokens: maxTokens,
  response_format: fc.constant({ type: "json_object" }),
});
const completion = fc.record({
  prompt: fc.array(text, { minLength: 1, maxLength: 3 }),
  stream: fc.boolean(),
  echo: fc.boolean(),
  logprobs: fc.constantFrom(null, 0, 5),
  max_tokens: maxTokens,
});
const embedding = fc.record({ input: fc.array(text, { minLength: 1, maxLength: 4 }) });
const decision = fc.record({
  input: text,
  questions: fc.constant([{ type: "predicate", instructions: "Is it even?" }]),
});

/** When a client leaves: within its body, after a time, or when so much of the answer has come. */
const moment = fc.oneof(
  fc.record({ bodyShare: fc.double({ min: 0, max: 0.99, noNaN: true }) }),
  fc.record({ ms: fc.integer({ min: 0, max: 200 }) }),
  fc.record({ bytes: fc.integer({ min: 1, max: 4000 }) }),
);

const leaver = fc.record({
  request: fc.oneof(
    fc.tuple(fc.constant("/v1/chat/completions"), fc.oneof(chat, json)),
    fc.tuple(fc.constant("/v1/completions"), completion),
    fc.tuple(fc.constant("/v1/embeddings"), embedding),
    fc.tuple(fc.constant("/v1/decisions"), decision),
  ),
  moment,
  isReset: fc.boolean(),
});
type Leaver = typeof leaver extends fc.Arbitrary<infer Value> ? Value : never;

let started: Started;
beforeAll(async () => {
  // Long prompts take turns with what runs: more rows of them in a run, or they wait for seconds.
  started = await start({ load: { maxSlots: 8192, threads: 1, interleaveRows: 256 } });
});
afterAll(() => started[Symbol.asyncDispose]());

/** Asks, and goes. */
async function leave({ request: [path, fields], moment: when, isReset }: Leaver): Promise<void> {
  const body = JSON.stringify({ model: NAME, ...fields });
  const headers = ["content-type: application/json", `content-length: ${body.length}`];
  const socket = open(started.url);
  const go = (): void => void (isReset ? socket.resetAndDestroy() : socket.destroy());
  const isWhole = !("bodyShare" in when);
  const sent = isWhole ? body : body.slice(0, Math.floor(when.bodyShare * body.length));
  let timer: NodeJS.Timeout | undefined;
  let bytes = 0;
  socket.on("connect", () =>
    socket.write(rawRequest(`POST ${path}`, headers, sent), () => {
      if (!isWhole) go();
      else if ("ms" in when) timer = setTimeout(go, when.ms);
    }),
  );
  socket.on("data", (chunk) => {
    bytes += chunk.length;
    if ("bytes" in when && bytes >= when.bytes) go();
  });
  await readToEnd(socket);
  clearTimeout(timer);
}

const answer = async (): Promise<unknown> => {
  const messages = [{ role: "user", content: "What is NormHead?" }] as const;
  const options = { model: NAME, messages: [...messages], temperature: 0 };
  return (await started.client.chat.completions.create(options)).choices;
};

it(`${CLIENTS} clients that leave at random moments leave nothing behind`, async () => {
  const before = await answer();
  const leavers = fc.sample(leaver, { seed: 7, numRuns: CLIENTS }).values();
  const work = async (): Promise<void> => {
    for (const one of leavers) await leave(one);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  await expectRest(started.url);
  const metrics = await readMetrics(started.url);
  expect(metrics("request_aborted_total")).toBeGreaterThan(CLIENTS / 4);
  expect(metrics("request_errors_total")).toBe(0);
  expect(await answer()).toEqual(before);
}, 120_000);
