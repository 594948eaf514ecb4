import { describe, expect, it } from "vitest";
import { TokenizerError } from "../tokenizer-error.ts";
import { WireReader } from "./wire-reader.ts";

describe("WireReader", () => {
  it("reads a varint, a float and a string by hand", () => {
    // field 1 varint 300 = AC 02; field 2 float 1.5; field 3 "hi"
    const reader = new WireReader(
      Uint8Array.of(0x08, 0xac, 0x02, 0x15, 0, 0, 0xc0, 0x3f, 0x1a, 2, 0x68, 0x69),
    );
    expect([reader.next(), reader.field, reader.varint()]).toEqual([true, 1, 300]);
    expect([reader.next(), reader.field, reader.float32()]).toEqual([true, 2, 1.5]);
    expect([reader.next(), reader.field, [...reader.bytes()]]).toEqual([true, 3, [0x68, 0x69]]);
    expect(reader.next()).toBe(false);
  });

  it("reads from a view that does not begin at its buffer's start", () => {
    const buffer = Uint8Array.of(9, 9, 9, 0x15, 0, 0, 0xc0, 0x3f);
    const reader = new WireReader(buffer.subarray(3));
    reader.next();
    expect(reader.float32()).toBe(1.5);
  });

  it("skips every wire type", () => {
    const reader = new WireReader(
      Uint8Array.of(0x08, 1, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4, 0x22, 1, 9, 0x28, 7),
    );
    for (let i = 0; i < 4; i++) {
      reader.next();
      reader.skip();
    }
    expect([reader.next(), reader.field, reader.varint()]).toEqual([true, 5, 7]);
  });

  it.each([
    ["a length beyond the end", [0x0a, 5, 1]],
    ["an endless varint", [0x08, ...Array.from({ length: 11 }, () => 0xff)]],
    ["a group", [0x0b]],
    ["field number 0", [0x00, 0]],
    ["a cut-off float", [0x0d, 1, 2]],
  ])("refuses %s", (_, bytes) => {
    const reader = new WireReader(Uint8Array.from(bytes));
    expect(() => {
      reader.next();
      reader.skip();
    }).toThrow(TokenizerError);
  });

  it("refuses a value of another wire type than asked for", () => {
    const reader = new WireReader(Uint8Array.of(0x08, 1));
    reader.next();
    expect(() => reader.float32()).toThrow("expected wire type 5 for field 1, got 0");
  });
});
