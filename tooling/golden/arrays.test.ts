import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readGolden } from "./arrays.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

interface Given {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: readonly number[];
}

/** Writes a golden file with the arrays one behind the other; gives the path of its manifest. */
function golden(arrays: readonly Given[]): string {
  const folder = mkdtempSync(join(tmpdir(), "golden-"));
  folders.push(folder);
  let offset = 0;
  const tensors = arrays.map(({ name, dtype, shape, bytes }) => {
    const tensor = { name, dtype, shape, offset, bytes: bytes.length };
    offset += bytes.length;
    return tensor;
  });
  writeFileSync(join(folder, "x.bin"), Uint8Array.from(arrays.flatMap(({ bytes }) => bytes)));
  const manifest = { file: "x.bin", meta: { seed: 7 }, tensors };
  writeFileSync(join(folder, "x.manifest.json"), JSON.stringify(manifest));
  return join(folder, "x.manifest.json");
}

describe("readGolden", () => {
  it("gives names, shapes, meta and the bytes of each array", () => {
    const file = readGolden(
      golden([
        { name: "a", dtype: "u8", shape: [3], bytes: [1, 2, 3] },
        { name: "b", dtype: "u8", shape: [1, 2], bytes: [4, 5] },
      ]),
    );
    expect(file.names).toEqual(["a", "b"]);
    expect(file.meta).toEqual({ seed: 7 });
    expect(file.array("b")).toEqual({
      name: "b",
      dtype: "u8",
      shape: [1, 2],
      bytes: Uint8Array.of(4, 5),
    });
  });

  it("reads values that are not aligned in the file", () => {
    const file = readGolden(
      golden([
        { name: "pad", dtype: "u8", shape: [1], bytes: [255] },
        // Little-endian: 0x00000102 = 258, 0xfffffffe = -2
        { name: "ints", dtype: "i32", shape: [2], bytes: [2, 1, 0, 0, 254, 255, 255, 255] },
        { name: "floats", dtype: "f32", shape: [1], bytes: [0, 0, 0x80, 0x3f] },
      ]),
    );
    expect([...file.ints("ints")]).toEqual([258, -2]);
    expect([...file.floats("floats")]).toEqual([1]);
  });

  it("widens bf16 and f16 exactly", () => {
    const file = readGolden(
      golden([
        // bf16 is the upper half of an f32: 0x3fc0 = 1.5, 0xc000 = -2
        { name: "bf16", dtype: "bf16", shape: [2], bytes: [0xc0, 0x3f, 0x00, 0xc0] },
        // 0x3e00 = (1 + 512/1024) * 2^0; 0x0001 = 2^-24, the smallest subnormal; 0xfc00 = -Infinity
        { name: "f16", dtype: "f16", shape: [3], bytes: [0x00, 0x3e, 0x01, 0x00, 0x00, 0xfc] },
      ]),
    );
    expect([...file.floats("bf16")]).toEqual([1.5, -2]);
    expect([...file.floats("f16")]).toEqual([1.5, 2 ** -24, -Infinity]);
  });

  it("names what the file has when an array is missing, and the dtype when it is another", () => {
    const path = golden([{ name: "ids", dtype: "i32", shape: [1], bytes: [1, 0, 0, 0] }]);
    expect(() => readGolden(path).array("idz")).toThrow(/no array "idz" \(has ids\)/);
    expect(() => readGolden(path).floats("ids")).toThrow(/"ids": expected floats, got i32/);
  });
});
