import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";
import { expectRest } from "./__fixtures__/at-rest.ts";
import {
  expectErrorBody,
  open,
  rawRequest,
  readToEnd,
  sendRaw,
} from "./__fixtures__/raw-client.ts";

let started: Started;
beforeAll(async () => {
  started = await start({ load: { threads: 1 }, bodyLimitBytes: 100_000 });
});
afterAll(() => started[Symbol.asyncDispose]());

const send = (bytes: string | Uint8Array) => sendRaw(started.url, bytes);

/** The body of the only answer. */
const bodyOf = (text: string): string => /\{"error".*\}/s.exec(text)?.[0] ?? text;

const chat = JSON.stringify({
  model: NAME,
  messages: [{ role: "user", content: "hi" }],
  max_tokens: 1,
});
const post = (headers: readonly string[], body: string): string =>
  rawRequest("POST /v1/chat/completions", headers, body);
const live = (...headers: string[]): string => rawRequest("GET /livez", headers);
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

describe("what is no proper request", () => {
  it.each<[name: string, bytes: string | Uint8Array, status: number, code: string]>([
    ["a header of 20,000 bytes", live(`x: ${"a".repeat(20_000)}`), 431, "headers_too_large"],
    [
      "5,000 headers",
      live(...Array.from({ length: 5000 }, () => "a: b")),
      431,
      "headers_too_large",
    ],
    ["a path of 20,000 bytes", rawRequest(`GET /${"a".repeat(20_000)}`), 431, "headers_too_large"],
    ["a line of another protocol", "EHLO example.com\r\n\r\n", 400, "invalid_http"],
    ["the beginning of TLS", Buffer.from("16030102000100", "hex"), 400, "invalid_http"],
    ["an unknown method", rawRequest("BREW /v1/models"), 400, "invalid_http"],
    ["bare line feeds", "GET /livez HTTP/1.1\nhost: localhost\n\n", 400, "invalid_http"],
    ["a NUL in a header", live("x: a\0b"), 400, "invalid_http"],
    ["a line feed in a header", live("x-request-id: a\nset-cookie: b=c"), 400, "invalid_http"],
    ["a continued header", live("x: a\r\n b"), 400, "invalid_http"],
    ["a space before the colon", live("content-length : 3"), 400, "invalid_http"],
    [
      "two content-lengths",
      post(["content-length: 3", "content-length: 4"], "{}"),
      400,
      "invalid_http",
    ],
    ["a negative content-length", post(["content-length: -1"], "{}"), 400, "invalid_http"],
    [
      "content-length and transfer-encoding",
      post(["content-length: 3", "transfer-encoding: chunked"], "0\r\n\r\n"),
      400,
      "invalid_http",
    ],
    [
      "transfer-encoding that is not chunked last",
      post(["transfer-encoding: chunked, gzip"], "0\r\n\r\n"),
      400,
      "invalid_http",
    ],
    [
      "a chunk without a length",
      post(["transfer-encoding: chunked"], "xyz\r\n"),
      400,
      "invalid_http",
    ],
    ["no host", "GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n", 400, "invalid_url"],
    ["two hosts", live("host: b"), 400, "invalid_host"],
    ["a host with a path", "GET /livez HTTP/1.0\r\nhost: a/b@c\r\n\r\n", 400, "invalid_url"],
    ["a backslash in the path", rawRequest("GET /docs\\..\\..\\x"), 400, "invalid_url"],
    [
      "an unknown expectation",
      post(["expect: tea", "content-length: 2"], "{}"),
      417,
      "unknown_expectation",
    ],
    ["an endpoint that is not there", rawRequest("GET /v2"), 404, "unknown_url"],
    ["another method of an endpoint", rawRequest("PUT /v1/models"), 404, "unknown_url"],
    ["TRACE", rawRequest("TRACE /v1/models"), 404, "unknown_url"],
    [
      "a path out of the documentation",
      rawRequest("GET /docs/../../etc/passwd"),
      404,
      "unknown_url",
    ],
    ["the same in percents", rawRequest("GET /docs/%2e%2e%2fetc%2fpasswd"), 404, "unknown_url"],
    ["percents that are no UTF-8", rawRequest("GET /v1/models/%ff%zz"), 404, "model_not_found"],
    [
      "an absolute URL of another host",
      rawRequest("GET http://other.example/v2"),
      404,
      "unknown_url",
    ],
  ])("such as %s is refused as OpenAI's API does", async (_name, bytes, status, code) => {
    const { text, statuses } = await send(bytes);
    expect(statuses).toEqual([status]);
    expectErrorBody(bodyOf(text));
    expect(JSON.parse(bodyOf(text))).toMatchObject({ error: { code } });
    expect(text).not.toContain("set-cookie");
  });

  it("such as CONNECT closes the connection", async () => {
    expect(await send(rawRequest("CONNECT other.example:443"))).toEqual({ text: "", statuses: [] });
  });

  it("behind an answer that is on its way gets none in the middle of that one", async () => {
    const stream = JSON.stringify({
      ...JSON.parse(chat),
      stream: true,
      max_tokens: 300,
      ignore_eos: true,
    });
    const socket = open(started.url);
    socket.write(post([`content-length: ${stream.length}`], stream));
    socket.once("data", () => socket.write("EHLO example.com\r\n\r\n"));
    const { text, statuses } = await readToEnd(socket);
    expect(statuses).toEqual([200]);
    expect(text).not.toContain("invalid_http");
    await expectRest(started.url);
  });
});

describe("what is unusual and right", () => {
  it("HTTP/1.0 is answered, and the connection closed", async () => {
    const { statuses } = await send("GET /livez HTTP/1.0\r\nhost: localhost\r\n\r\n");
    expect(statuses).toEqual([200]);
  });

  it("requests behind each other are answered in their order", async () => {
    const first = "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n";
    const { text, statuses } = await send(first + first + rawRequest("GET /v2"));
    expect(statuses).toEqual([200, 200, 404]);
    expect(text.match(/"status":"ok"/g)).toHaveLength(2);
  });

  it("expect: 100-continue is told to go on", async () => {
    const headers = ["expect: 100-continue", `content-length: ${chat.length}`];
    const { statuses } = await send(post(headers, chat));
    expect(statuses).toEqual([100, 200]);
  });

  it("a body in chunks is read", async () => {
    const body = `${chunk(chat.slice(0, 20))}${chunk(chat.slice(20))}0\r\n\r\n`;
    const { statuses, text } = await send(post(["transfer-encoding: chunked"], body));
    expect(statuses, text).toEqual([200]);
  });

  it.each([
    ["a line feed in percents", "a%0d%0aset-cookie:b"],
    ["markup", "<script>alert(1)</script>"],
    ["200 characters", "a".repeat(200)],
  ])("a request id of %s is not repeated", async (_name, id) => {
    const { text, statuses } = await send(live(`x-request-id: ${id}`));
    expect(statuses).toEqual([200]);
    expect(text).toMatch(/^x-request-id: req_[0-9a-f]{24}\r$/m);
    expect(text).not.toContain(id);
  });
});

describe("a body that is too large", () => {
  const large = "x".repeat(100_001);

  it("is refused by its length before it comes", async () => {
    const { text, statuses } = await send(post(["content-length: 99999999999"], "{"));
    expect(statuses).toEqual([413]);
    expectErrorBody(bodyOf(text));
  });

  it("is refused as it comes where nobody says its length", async () => {
    const body = chunk(large) + chunk(large);
    const { text, statuses } = await send(post(["transfer-encoding: chunked"], body));
    expect(statuses).toEqual([413]);
    expectErrorBody(bodyOf(text));
  });

  it("leaves the connection as it was where it came whole", async () => {
    const first = post([`content-length: ${large.length}`], large).replace("close", "keep-alive");
    const { statuses } = await send(first + live());
    expect(statuses).toEqual([413, 200]);
  });

  it("may be just as large as allowed", async () => {
    const body = chat.padEnd(100_000);
    const { statuses } = await send(post([`content-length: ${body.length}`], body));
    expect(statuses).toEqual([200]);
  });
});
