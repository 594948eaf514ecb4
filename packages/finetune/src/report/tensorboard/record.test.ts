import crc32c from "crc-32/crc32c.js";
import { describe, expect, it } from "vitest";
import { crc32cBitwise, readRecords } from "../__fixtures__/read-event-file.ts";
import { recordOf } from "./record.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a record", () => {
  it("has the crc that is the known check value of CRC-32C", () => {
    expect(crc32c.buf(ascii("123456789")) >>> 0).toBe(0xe3069283);
    expect(crc32cBitwise(ascii("123456789"))).toBe(0xe3069283);
  });

  it("is length, crc, data and crc, as a worked example has them", () => {
    const record = Buffer.from(recordOf(ascii("123456789")));
    expect(record.length).toBe(9 + 16);
    expect(record.readBigUInt64LE(0)).toBe(9n);
    // 0xe3069283 turned right by 15 bits is 0x2507c60d; + 0xa282ead8 = 0xc78ab0e5
    expect(record.readUInt32LE(21)).toBe(0xc78ab0e5);
  });

  it.each([0, 1, 7, 8, 255, 4096])("of %i bytes is read back by another reader", (size) => {
    const data = Uint8Array.from({ length: size }, (_, i) => (i * 151) & 255);
    const file = Buffer.concat([recordOf(data), recordOf(ascii("next"))]);
    expect(readRecords(file)).toEqual([Buffer.from(data), Buffer.from("next")]);
    file[12] = (file[12] ?? 0) ^ 1;
    expect(() => readRecords(file)).toThrow("crc");
  });
});
