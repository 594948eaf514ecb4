import { describe, expect, it } from "vitest";
import { Hono } from "hono";
import { refuseForeignPages } from "./refuse-foreign-pages.ts";
import type { Env } from "./env.ts";

const app = new Hono<Env>();
app.onError((error, c) => c.text(error.message, 403));
app.use(refuseForeignPages(["https://chat.example.com"]));
app.post("/", (c) => c.text("ok"));

const statusOf = async (headers: Record<string, string>): Promise<number> =>
  (await app.request("/", { method: "POST", headers })).status;

describe("a server without keys", () => {
  it.each([
    ["a program", { host: "anything.example" }],
    ["a page of its own", { host: "127.0.0.1:8000", origin: "http://127.0.0.1:8000" }],
    ["a page of its own, by name", { host: "localhost:8000", origin: "http://localhost:8000" }],
    ["a page of its own, by IPv6", { host: "[::1]:8000", origin: "http://[::1]:8000" }],
    ["a page of a named origin", { host: "127.0.0.1:8000", origin: "https://chat.example.com" }],
    ["a link that is typed", { host: "127.0.0.1:8000", "sec-fetch-site": "none" }],
  ])("answers %s", async (_who, headers) => {
    expect(await statusOf(headers as Record<string, string>)).toBe(200);
  });

  it.each([
    ["a page of another origin", { host: "127.0.0.1:8000", origin: "https://evil.example" }],
    ["a page of another port", { host: "127.0.0.1:8000", origin: "http://127.0.0.1:9000" }],
    [
      "a name that was bound to this machine",
      { host: "evil.example:8000", origin: "http://evil.example:8000" },
    ],
    [
      "such a name without an origin",
      { host: "evil.example:8000", "sec-fetch-site": "same-origin" },
    ],
    ["a page without an origin", { host: "127.0.0.1:8000", origin: "null" }],
  ])("refuses %s", async (_who, headers) => {
    expect(await statusOf(headers as Record<string, string>)).toBe(403);
  });
});
