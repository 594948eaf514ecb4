import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const model = fileURLToPath(new URL("../fixtures/tiny-chat", import.meta.url));

function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const args = ["--conditions=@baichuan2/source", main, ...argv];
  return spawn(process.execPath, args, { env: { ...process.env, LC_ALL: "C", ...env } });
}

async function finish(child: ReturnType<typeof start>) {
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return { out, err, code };
}

describe("the program", () => {
  it("answers a message given on stdin, without terminal codes", async () => {
    const child = start(["chat", "--bundled", "--max-new-tokens", "4"], { NO_COLOR: "1" });
    child.stdin.end("你好");
    const { out, err, code } = await finish(child);
    expect(code).toBe(0);
    expect(out).toMatch(/\n$/);
    expect(err).toContain("tiny model");
    expect(err).not.toContain("\u001B[");
  });

  it("ends quietly when the reader of its output goes away", async () => {
    const child = start(["logits", "--model", model]);
    const err = text(child.stderr);
    child.stdin.on("error", () => {});
    child.stdin.write('{"ids":[5,6,7]}\n'.repeat(200));
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code] = (await once(child, "exit")) as [number];
    expect([code, await err]).toEqual([0, ""]);
  });

  it("ends with code 130 on Ctrl+C, also while it waits for input", async () => {
    const child = start(["tokenize", "--jsonl", "--model", model]);
    child.stdin.write('{"text":"a"}\n');
    await once(child.stdout, "data");
    child.kill("SIGINT");
    const { code, err } = await finish(child);
    expect([code, err]).toEqual([130, "baichuan2: interrupted\n"]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("ends on %s with code %i while it waits for a text", async (signal, expected) => {
    const child = start(["tokenize", "--model", model]);
    // Only a program that has started to read takes more than a pipe holds.
    await new Promise((resolve) => child.stdin.write("a".repeat(1 << 20), resolve));
    child.kill(signal);
    const { code, err } = await finish(child);
    expect([code, err]).toEqual([expected, "baichuan2: interrupted\n"]);
  });

  it("gives usage errors code 2", async () => {
    expect((await finish(start(["chat", "--nope"]))).code).toBe(2);
  });
});
