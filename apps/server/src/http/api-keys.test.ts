import { expect, it } from "vitest";
import { callerFinder, parseApiKeys } from "./api-keys.ts";

it("keys are read one a line, with names and admins", () => {
  const text = "# ours\nsk-11111111\n\n  sk-22222222 ann\r\nsk-33333333 root admin\n";
  expect(parseApiKeys(text, "keys")).toEqual([
    { key: "sk-11111111", name: "key1", isAdmin: false },
    { key: "sk-22222222", name: "ann", isAdmin: false },
    { key: "sk-33333333", name: "root", isAdmin: true },
  ]);
});

it.each([
  ["a key that is too short", "short"],
  ["a role that is none", "sk-11111111 ann boss"],
  ["more words", "sk-11111111 ann admin x"],
  ["a name twice", "sk-11111111 ann\nsk-22222222 ann"],
  ["a key twice", "sk-11111111 ann\nsk-11111111 bob"],
])("%s is refused, and the key not told", (_what, text) => {
  const parse = () => parseApiKeys(text, "keys");
  expect(parse).toThrow(/^keys:\d: expected/);
  expect(parse).not.toThrow(/sk-/);
});

it("callers are found by the whole key alone", () => {
  const find = callerFinder(parseApiKeys("sk-11111111 ann\nsk-22222222 root admin", "keys"));
  expect(find("sk-11111111")).toEqual({ name: "ann", isAdmin: false });
  expect(find("sk-22222222")).toEqual({ name: "root", isAdmin: true });
  for (const wrong of ["", "sk-1111111", "sk-111111111", "SK-11111111"])
    expect(find(wrong)).toBeUndefined();
});
