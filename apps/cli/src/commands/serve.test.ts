import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryIo, run } from "../__fixtures__/run-in-memory.ts";
import { exitCodes, InterruptError } from "../exit-codes.ts";
import { runCli } from "../run-cli.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "serve-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("serve", () => {
  it("answers until it is told to end, and ends with 0", async () => {
    const keys = join(folder, "keys");
    await writeFile(keys, "sk-12345678 ann\n");
    const interrupt = new AbortController();
    const io = memoryIo(Readable.from([]), {}, interrupt.signal);
    const argv = [
      "serve",
      "--bundled",
      "--port",
      "0",
      "--json",
      "--api-key-file",
      keys,
      "--lang",
      "en",
    ];
    const ended = runCli(argv, io);
    await expect.poll(() => io.stdout.text, { timeout: 30_000 }).toMatch(/\n$/);
    const { url, model, dtype } = JSON.parse(io.stdout.text) as Record<string, string>;
    expect({ model, dtype }).toEqual({ model: "tiny-chat", dtype: "float32" });
    const authorization = "Bearer sk-12345678";
    const body = JSON.stringify({
      model,
      messages: [{ role: "user", content: "hi" }],
      max_tokens: 2,
    });
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      body,
      headers: { authorization },
    });
    expect(await answer.json()).toMatchObject({ usage: { completion_tokens: 2 } });
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    interrupt.abort(new InterruptError("interrupted"));
    expect(await ended).toBe(exitCodes.ok);
    expect(io.stderr.text).toContain('"caller":"ann"');
    expect(io.stderr.text).toContain("no new requests");
    expect(io.stderr.text).not.toContain("sk-12345678");
  });

  it.each([
    [["--bundled", "--model", "x"], "expected --model or --bundled, got both"],
    [["--bundled", "--tls-cert", "x"], "expected --tls-cert and --tls-key together"],
    [["--bundled", "--lora", "poet"], 'expected NAME=DIR with a name without ":", got "poet"'],
    [["--bundled", "--port", "99999"], "--port"],
    [["--bundled", "--host", "0.0.0.0"], "expected an API key where other machines can reach"],
    [["--bundled", "--cors-origin", "https://a.example/"], "expected an origin such as"],
    [["--bundled", "--tls-cert", "/nowhere", "--tls-key", "/nowhere"], "as PEM files"],
    [["--bundled", "--api-key-file", "/nowhere/keys"], "/nowhere/keys"],
  ])("tells what is wrong with %j before it loads a model", async (flags, message) => {
    const { code, err, out } = await run(["serve", ...flags, "--lang", "en"]);
    expect(code).toBe(exitCodes.usage);
    expect(err).toContain(message);
    expect(out).toBe("");
  });
});
