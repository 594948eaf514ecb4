import fc from "fast-check";
import { expect, it } from "vitest";
import { duplicateKey } from "./duplicate-key.ts";

it.each<[string, string | undefined]>([
  ['{"a":1,"b":2}', undefined],
  ['{"a":1,"b":2,"a":3}', "a"],
  ['{"a":{"a":1},"b":[{"a":2},{"a":3}]}', undefined],
  ['{"x":{"y":1,"y":2}}', "y"],
  ['{"a\\"b":1,"a\\u0022b":2}', 'a"b'],
  ['{"a":"{\\"b\\":1,","b":":"}', undefined],
  ['"text"', undefined],
])("finds the key that stands twice in %s", (json, expected) => {
  expect(duplicateKey(json)).toBe(expected);
});

it("finds none in what JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => duplicateKey(JSON.stringify(value)) === undefined),
  );
});

it("reads strings of megabytes", () => {
  const long = "x\\n".repeat(1 << 20);
  expect(duplicateKey(JSON.stringify({ __metadata__: { long } }))).toBeUndefined();
});
