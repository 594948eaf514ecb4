import { loadModel, type Model } from "@baichuan2/model";
import { afterAll, beforeAll, expect, it } from "vitest";
import { NAME, start, tinyChat } from "../__fixtures__/start.ts";
import { expectRest } from "./__fixtures__/at-rest.ts";
import { expectErrorBody, open, rawRequest, readToEnd } from "./__fixtures__/raw-client.ts";

let model: Model;
beforeAll(async () => {
  model = await loadModel(tinyChat, { maxSlots: 20_000, threads: 1 });
});
afterAll(() => model.dispose());

it.each([
  ["its headers", "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\nx-a"],
  ["its body", rawRequest("POST /v1/completions", ["content-length: 100"], '{"model":')],
  [
    "the chunks of its body",
    rawRequest("POST /tokenize", ["transfer-encoding: chunked"], "fff\r\n{"),
  ],
])("a client that sends %s too slowly is told so", async (_name, bytes) => {
  const listen = { headersArriveMs: 300, requestArrivesMs: 300 };
  await using started = await start({ model, listen });
  const socket = open(started.url);
  socket.write(bytes);
  const drip = setInterval(() => socket.write("a"), 50);
  const { text, statuses } = await readToEnd(socket);
  clearInterval(drip);
  expect(statuses).toEqual([408]);
  expectErrorBody(/\{"error".*\}/s.exec(text)?.[0] ?? "");
  await expectRest(started.url);
});

it("a client that sends nothing at all is left without a word, which its next request could take for the answer", async () => {
  await using started = await start({ model, listen: { headersArriveMs: 300 } });
  expect((await readToEnd(open(started.url))).text).toBe("");
});

/** More bytes than lie between two ends of a connection. */
const flood = {
  model: NAME,
  prompt: "hi",
  stream: true,
  n: 32,
  max_tokens: 480,
  ignore_eos: true,
  logprobs: 20,
};

/** Asks for a lot, and reads nothing. */
function stall(url: string) {
  const socket = open(url);
  const body = JSON.stringify(flood);
  socket.write(rawRequest("POST /v1/completions", [`content-length: ${body.length}`], body));
  socket.pause();
  return socket;
}

it("a client that reads nothing is left when its time is over", async () => {
  await using started = await start({ model, requestTimeoutMs: 2000 });
  const socket = stall(started.url);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await expectRest(started.url);
  const { text } = await readToEnd(socket);
  expect(text).toContain("data: {");
  expect(text).not.toContain("[DONE]");
});

it("a client that reads nothing does not keep a server from closing", async () => {
  const started = await start({ model });
  const socket = stall(started.url);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await started[Symbol.asyncDispose]();
  const { text } = await readToEnd(socket);
  expect(text).not.toContain("[DONE]");
});
