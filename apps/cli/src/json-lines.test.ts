import { PassThrough, Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryIo, parseLines } from "./__fixtures__/run-in-memory.ts";
import type { Cli, Io } from "./io.ts";
import { runJsonLines } from "./json-lines.ts";
import { createTranslate } from "./messages/translate.ts";

const schema = z.strictObject({ n: z.int() });
const double = ({ n }: { n: number }) => ({ n: 2 * n });

function cliOf(io: Io): Cli {
  return { io, t: createTranslate("en"), language: "en" };
}

/** Gives an input in pieces of `size` bytes. */
function inPieces(text: string, size: number): Readable {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size);
  return Readable.from(
    Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
  );
}

describe("runJsonLines", () => {
  it("answers one line with one line, skips blank ones and needs no newline at the end", async () => {
    const io = memoryIo(inPieces('{"n":1}\n\n  \t\r\n{"n":2}\r\n{"n":3}', 4));
    await runJsonLines(cliOf(io), { schema, answer: double });
    expect(io.stdout.text).toBe('{"n":2}\n{"n":4}\n{"n":6}\n');
    expect(io.stderr.text).toBe("");
  });

  it("answers a bad line with an error of its own and goes on", async () => {
    const lines = ["{", '{"n":1.5}', '{"n":1,"m":2}', "[1]", "null", '{"n":1}'];
    const io = memoryIo(inPieces(lines.join("\n"), 1000));
    await runJsonLines(cliOf(io), { schema, answer: double });
    const answers = parseLines<{ error?: { code: string; message: string } }>(io.stdout.text);
    expect(answers.map(({ error }) => error?.code)).toEqual([
      "ERR_JSON",
      "ERR_REQUEST",
      "ERR_REQUEST",
      "ERR_REQUEST",
      "ERR_REQUEST",
      undefined,
    ]);
    expect(answers[2]?.error?.message).toContain('"m"');
    expect(io.stderr.text).toBe("baichuan2: 5 of 6 lines gave an error\n");
  });

  it("refuses bytes that are not UTF-8 instead of replacing them", async () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22, 0x0a]);
    const io = memoryIo(Readable.from([bytes]));
    await runJsonLines(cliOf(io), { schema: z.string(), answer: (text) => ({ text }) });
    expect(io.stdout.text).toContain('"ERR_JSON"');
  });

  it("keeps U+2028 inside a line, which JSON allows", async () => {
    const io = memoryIo(inPieces('"a\u2028b"\n', 2));
    await runJsonLines(cliOf(io), { schema: z.string(), answer: (text) => ({ text }) });
    expect(parseLines(io.stdout.text)).toEqual([{ text: "a\u2028b" }]);
  });

  it("keeps the order of the lines and the limit when it answers several at once", async () => {
    const input = Array.from({ length: 12 }, (_, n) => `{"n":${n}}`).join("\n");
    const io = memoryIo(inPieces(input, 7));
    let running = 0;
    let most = 0;
    const answer = async (row: { n: number }) => {
      most = Math.max(most, ++running);
      await sleep(row.n % 3 === 0 ? 15 : 1);
      running -= 1;
      return double(row);
    };
    await runJsonLines(cliOf(io), { schema, answer, parallel: 4 });
    const expected = Array.from({ length: 12 }, (_, n) => ({ n: 2 * n }));
    expect(parseLines(io.stdout.text)).toEqual(expected);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it.each([1, 3])("answers a line before the next one comes (parallel %i)", async (parallel) => {
    const stdin = new PassThrough();
    const io = memoryIo(stdin);
    const done = runJsonLines(cliOf(io), { schema, answer: double, parallel });
    stdin.write('{"n":21}\n');
    await expect.poll(() => io.stdout.text).toBe('{"n":42}\n');
    stdin.end();
    await done;
  });

  it("ends at an error that every further line would meet, after the answers before it", async () => {
    const io = memoryIo(inPieces('{"n":1}\n{"n":2}\n{"n":3}\n', 100));
    const lost = Object.assign(new Error("the device is gone"), { code: "ERR_DEVICE" });
    const answer = ({ n }: { n: number }) => {
      if (n === 2) throw lost;
      return { n };
    };
    await expect(runJsonLines(cliOf(io), { schema, answer, parallel: 3 })).rejects.toBe(lost);
    expect(io.stdout.text).toBe('{"n":1}\n');
  });

  it("ends when it is aborted while it waits for a line", async () => {
    const controller = new AbortController();
    const io = memoryIo(new PassThrough(), {}, controller.signal);
    const done = runJsonLines(cliOf(io), { schema, answer: double });
    controller.abort(new Error("stop"));
    await expect(done).rejects.toThrow("stop");
  });

  it("stops reading when nobody reads its output", async () => {
    const closed = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error("closed"), { code: "EPIPE" })),
    });
    closed.on("error", () => {});
    const io = { ...memoryIo(inPieces('{"n":1}\n{"n":2}\n', 100)), stdout: closed };
    let answered = 0;
    const answer = (row: { n: number }) => {
      answered += 1;
      return row;
    };
    await expect(runJsonLines(cliOf(io), { schema, answer })).rejects.toThrow("closed");
    expect(answered).toBe(1);
  });
});
