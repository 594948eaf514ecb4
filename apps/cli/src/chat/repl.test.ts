import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatMessage, GenerateOptions } from "@baichuan2/model";
import { describe, expect, it } from "vitest";
import { memoryIo, terminalInput } from "../__fixtures__/run-in-memory.ts";
import { createTranslate } from "../messages/translate.ts";
import { Conversation } from "./conversation.ts";
import { runRepl } from "./repl.ts";

/** Answers with the number of messages it got; "slow" is answered for ever. */
function fakeModel() {
  const seen: (readonly ChatMessage[])[] = [];
  async function* chatStream(messages: readonly ChatMessage[], { signal }: GenerateOptions = {}) {
    seen.push(messages);
    const content = messages.at(-1)?.content;
    if (content === "broken") throw new Error("the model is broken");
    yield `${messages.length} `;
    yield "messages";
    while (content === "slow") await sleep(5, undefined, { signal });
  }
  return { seen, chatStream };
}

async function talk(lines: readonly string[], env: Record<string, string> = {}, system?: string) {
  const stdin = new PassThrough();
  const io = memoryIo(stdin, env);
  const model = fakeModel();
  stdin.end(lines.map((line) => `${line}\n`).join(""));
  const conversation = new Conversation(model, {}, system);
  const code = await runRepl({ io, t: createTranslate("en"), language: "en" }, conversation);
  return { code, out: io.stdout.text, err: io.stderr.text, seen: model.seen };
}

describe("the conversation on a terminal", () => {
  it("answers each line and remembers the ones before", async () => {
    const { code, out, seen } = await talk(["hello", "", "again"], {}, "be kind");
    expect(out).toBe("Baichuan2: 2 messages\nBaichuan2: 4 messages\n");
    expect(seen[1]).toEqual([
      { role: "system", content: "be kind" },
      { role: "user", content: "hello" },
      { role: "assistant", content: "2 messages" },
      { role: "user", content: "again" },
    ]);
    expect(code).toBe(0);
  });

  it("forgets on clear, except for the system message", async () => {
    const { seen } = await talk(["hello", "clear", "again"], {}, "be kind");
    expect(seen[1]?.map(({ content }) => content)).toEqual(["be kind", "again"]);
  });

  it("switches streaming with stream and says so", async () => {
    const { out, err } = await talk(["stream", "hello", "stream"]);
    expect(out).toBe("Baichuan2: 1 messages\n");
    expect(err).toMatch(/complete\.[\s\S]*word by word/);
  });

  it("ends at exit and reads no further", async () => {
    const { seen } = await talk(["one", "exit", "two"]);
    expect(seen).toHaveLength(1);
  });

  it("goes on after an error, without the question that failed", async () => {
    const { code, err, seen } = await talk(["broken", "hello"]);
    expect(err).toContain("baichuan2: the model is broken\n");
    expect(seen[1]).toEqual([{ role: "user", content: "hello" }]);
    expect(code).toBe(0);
  });

  it("takes several lines from the user's editor", async () => {
    const editor = `${process.execPath} ${new URL("../__fixtures__/editor.mjs", import.meta.url).pathname}`;
    const { seen } = await talk(["vim"], { EDITOR: editor });
    expect(seen[0]).toEqual([{ role: "user", content: "first line\nsecond line" }]);
  });

  it("says which editor failed and goes on", async () => {
    const { err, seen } = await talk(["vim", "hello"], { EDITOR: "no-such-editor" });
    expect(err).toContain("no-such-editor");
    expect(seen).toHaveLength(1);
  });
});

describe("Ctrl+C", () => {
  const CTRL_C = "\u0003";

  async function start() {
    const stdin = terminalInput();
    const io = memoryIo(stdin);
    const model = fakeModel();
    const done = runRepl({ io, t: createTranslate("en"), language: "en" }, new Conversation(model));
    const sees = (stream: { text: string }, text: string) =>
      expect.poll(() => stream.text).toContain(text);
    return { stdin, io, model, done, sees };
  }

  it("stops an answer, and the conversation goes on", async () => {
    const { stdin, io, model, done, sees } = await start();
    stdin.write("slow\r");
    await sees(io.stdout, "1 messages");
    stdin.write(CTRL_C);
    await sees(io.stderr, "(stopped)");
    stdin.write("hello\r");
    await sees(io.stdout, "3 messages");
    stdin.write("exit\r");
    expect(await done).toBe(0);
    expect(model.seen).toHaveLength(2);
  });

  it("ends with code 130 when it comes twice where there is no answer", async () => {
    const { stdin, io, done, sees } = await start();
    stdin.write(CTRL_C);
    await sees(io.stderr, "once more");
    stdin.write(CTRL_C);
    expect(await done).toBe(130);
  });
});

describe("Conversation", () => {
  it("keeps what came before an abort as the answer", async () => {
    const conversation = new Conversation(fakeModel());
    const controller = new AbortController();
    const say = async () => {
      for await (const text of conversation.say("slow", controller.signal))
        if (text === "messages") controller.abort(new Error("stopped"));
    };
    await expect(say()).rejects.toThrow();
    expect(conversation.messages).toEqual([
      { role: "user", content: "slow" },
      { role: "assistant", content: "1 messages" },
    ]);
  });
});
