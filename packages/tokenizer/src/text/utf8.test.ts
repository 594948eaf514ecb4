import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUtf8, sequenceLength, unitsToString } from "./utf8.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("decodeUtf8", () => {
  it("writes one U+FFFD for each byte that is not part of a valid sequence", () => {
    expect(decodeUtf8(bytes(0xe4, 0xbd))).toBe("\ufffd\ufffd");
    expect(decodeUtf8(bytes(0xf0, 0x9f, 0x98, 0x41))).toBe("\ufffd\ufffd\ufffdA");
  });

  it("takes overlong forms, surrogates and values above U+10FFFF for invalid", () => {
    expect(decodeUtf8(bytes(0xc0, 0x80))).toBe("\ufffd\ufffd");
    expect(decodeUtf8(bytes(0xe0, 0x9f, 0xbf))).toBe("\ufffd\ufffd\ufffd");
    expect(decodeUtf8(bytes(0xed, 0xa0, 0x80))).toBe("\ufffd\ufffd\ufffd");
    expect(decodeUtf8(bytes(0xf0, 0x8f, 0xbf, 0xbf))).toBe("\ufffd".repeat(4));
    expect(decodeUtf8(bytes(0xf4, 0x90, 0x80, 0x80))).toBe("\ufffd".repeat(4));
  });

  it("keeps a leading U+FEFF, also next to invalid bytes", () => {
    expect(decodeUtf8(bytes(0xef, 0xbb, 0xbf, 0x41))).toBe("\ufeffA");
    expect(decodeUtf8(bytes(0xef, 0xbb, 0xbf, 0xff))).toBe("\ufeff\ufffd");
  });

  it("gives back every well-formed text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
      }),
    );
  });

  it("gives, around an invalid byte, what the parts give", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
        const whole = decodeUtf8(Uint8Array.from([...left, 0xff, ...right]));
        expect(whole).toBe(`${decodeUtf8(left)}\ufffd${decodeUtf8(right)}`);
      }),
    );
  });
});

describe("sequenceLength", () => {
  it("agrees with TextDecoder on every sequence of up to four bytes from the edges of the ranges", () => {
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf];
    const leads = [
      ...edges,
      0xe0,
      0xe1,
      0xec,
      0xed,
      0xee,
      0xef,
      0xf0,
      0xf1,
      0xf3,
      0xf4,
      0xf5,
      0xff,
    ];
    for (const a of leads)
      for (const b of edges)
        for (const c of edges)
          for (const d of [0x41, 0x80, 0xbf]) {
            const sequence = bytes(a, b, c, d);
            expect(sequenceLength(sequence, 0, 4), sequence.join(" ")).toBe(
              firstValidLength(sequence),
            );
          }
  });

  it("does not read past the end", () => {
    expect(sequenceLength(bytes(0xe4, 0xbd, 0xa0), 0, 2)).toBe(0);
  });
});

describe("unitsToString", () => {
  it("handles more code units than one call of String.fromCharCode takes", () => {
    const text = "a你😀".repeat(10_000);
    const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    expect(unitsToString(units, 0, units.length)).toBe(text);
    expect(unitsToString(units, 1, 4)).toBe("你😀");
  });
});

/** Length of the shortest prefix that is one valid character to the platform's strict decoder. */
function firstValidLength(sequence: Uint8Array): number {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let length = 1; length <= sequence.length; length++) {
    try {
      strict.decode(sequence.subarray(0, length));
      return length;
    } catch {
      continue;
    }
  }
  return 0;
}
