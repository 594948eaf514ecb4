import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { start, type Started } from "../__fixtures__/start.ts";
import { endpoints } from "../endpoints.ts";
import { expectRest, readMetrics } from "./__fixtures__/at-rest.ts";
import { expectErrorBody } from "./__fixtures__/raw-client.ts";
import { validRequests } from "./__fixtures__/valid-requests.ts";

/** Bodies of a property: runs times bodies at a time. */
const RUNS = 40;
const PARALLEL = 12;
/** Longest that an answer may take, whatever the body is. */
const HANG_MS = 30_000;

interface Attempt {
  readonly path: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

let started: Started;
beforeAll(async () => {
  started = await start({ load: { threads: 1 } });
});
afterAll(() => started[Symbol.asyncDispose]());

/** Stands for JSON that no value is written as. */
const HOLE = "@hole@";

/** Values that readers of JSON differ about, and patterns that take their time. */
const ODD = String.raw`null true [] {} -1 0 -0 0.5 1e400 -1e400 1e-400 1e15 9007199254740993 123456789012345678901234567890
"" "\u0000" "\ud800" "\udc00\ud800" {"__proto__":{"a":1}} {"constructor":{"prototype":1}} {"a":1,"a":2} {"length":-1}
{"type":"text","type":"json_object"} [null] {"toString":1,"then":2} "(a+)+$" "[a-z]{1000}{1000}" "<reserved_106>"`;

/** JSON that is valid, and what nobody has thought of. */
const oddJson = fc.oneof(
  fc.constantFrom(...ODD.split(/\s+/)),
  fc.nat({ max: 4 }).map((n) => "[".repeat(10 ** n) + "]".repeat(10 ** n)),
  fc.nat({ max: 4 }).map((n) => `${'{"items":'.repeat(10 ** n)}1${"}".repeat(10 ** n)}`),
  fc.nat({ max: 5 }).map((n) => JSON.stringify("啊a".repeat(10 ** n))),
  fc.nat({ max: 4 }).map((n) => JSON.stringify(Array.from({ length: 10 ** n }, () => 7))),
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
  fc.json({ maxDepth: 3 }),
);

/** A valid request with odd JSON in the place of one of its values, or beside them. */
const changed = fc
  .record({
    valid: fc.constantFrom(...validRequests),
    place: fc.nat(),
    json: oddJson,
    mode: fc.constantFrom("replace", "add", "repeat", "remove"),
    key: fc.constantFrom("x", "__proto__", "constructor", "toString", "n", "stream", "model", "\0"),
  })
  .map(({ valid: [path, fields], place, json, mode, key }): Attempt => {
    const copy = structuredClone(fields) as Record<string, unknown>;
    const spots = spotsOf(copy);
    const [parent, name] = spots[place % spots.length] ?? [copy, "model"];
    if (mode === "remove") delete parent[name];
    else if (mode === "replace") parent[name] = HOLE;
    // Twice in a row: JSON.parse takes the last, other readers the first.
    else copy[mode === "add" ? HOLE + key : HOLE + name] = HOLE;
    const text = JSON.stringify(copy).replaceAll(`"${HOLE}"`, json).replaceAll(HOLE, "");
    return { path, body: text };
  });

function spotsOf(value: object): [parent: Record<string, unknown>, name: string][] {
  return Object.entries(value).flatMap(([name, inner]) => [
    [value as Record<string, unknown>, name],
    ...(typeof inner === "object" && inner !== null ? spotsOf(inner) : []),
  ]);
}

const paths = endpoints.filter(({ method }) => method === "post").map(({ path }) => path);
const pathOf = fc.constantFrom(...paths);

/** A request cut off. */
const truncated = fc
  .tuple(fc.constantFrom(...validRequests), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([[path, fields], share]): Attempt => {
    const text = JSON.stringify(fields);
    return { path, body: text.slice(0, Math.floor(share * text.length)) };
  });

/** A request with bytes of it changed: often no UTF-8 any more. */
const corrupted = fc
  .tuple(
    fc.constantFrom(...validRequests),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
  )
  .map(([[path, fields], changes]): Attempt => {
    const body = Uint8Array.from(Buffer.from(JSON.stringify(fields)));
    for (const [place, byte] of changes) body[place % body.length] = byte;
    return { path, body };
  });

const noise = fc.oneof(
  fc.record({ path: pathOf, body: fc.string({ unit: "binary" }) }),
  fc.record({ path: pathOf, body: fc.uint8Array().map((bytes) => Uint8Array.from(bytes)) }),
  fc.record({ path: pathOf, body: fc.json({ depthSize: "medium" }) }),
  fc.record({
    path: pathOf,
    body: fc.constantFrom(
      "",
      " ",
      "\0",
      "\uFEFF{}",
      "{",
      "nul",
      "{}{}",
      "NaN",
      "'a'",
      "[1,]",
      "//",
    ),
  }),
);

async function check({ path, body }: Attempt): Promise<void> {
  const signal = AbortSignal.timeout(HANG_MS);
  const answer = await fetch(started.url + path, { method: "POST", body, signal });
  const text = await answer.text();
  expect(answer.status, text).toBeLessThan(500);
  if (answer.ok) return;
  expect(answer.headers.get("content-type")).toBe("application/json");
  expectErrorBody(text);
}

describe("a body of a request", () => {
  it.each([
    ["of valid JSON with something odd in it", changed],
    ["that is cut off", truncated],
    ["with changed bytes", corrupted],
    ["of noise", noise],
  ])("%s is answered, or refused as OpenAI's API does", async (_name, attempt) => {
    const property = fc.asyncProperty(
      fc.array(attempt, { minLength: PARALLEL, maxLength: PARALLEL }),
      async (attempts) => void (await Promise.all(attempts.map(check))),
    );
    await fc.assert(property, { numRuns: RUNS, seed: 11, endOnFailure: true });
  });

  it("leaves nothing behind, and no error of the server", async () => {
    await expectRest(started.url);
    const metrics = await readMetrics(started.url);
    expect(metrics("request_errors_total", 'status="400"')).toBeGreaterThan(RUNS * PARALLEL);
    expect(metrics("request_errors_total", 'status="5')).toBe(0);
  });

  it("is checked for all endpoints that take one", () => {
    expect([...new Set(validRequests.map(([path]) => path))].sort()).toEqual([...paths].sort());
  });

  it.each(validRequests)(
    "%s: a small request is answered before it is changed (%#)",
    async (path, fields) => {
      const body = JSON.stringify(fields);
      const { status } = await fetch(started.url + path, { method: "POST", body });
      const expected =
        { "/v1/load_lora_adapter": 400, "/v1/unload_lora_adapter": 404 }[path] ?? 200;
      expect(status).toBe(expected);
    },
  );
});
