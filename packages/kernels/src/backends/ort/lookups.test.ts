import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Graph } from "../../graph/graph.ts";
import { gather } from "../../ops/gather/op.ts";
import { linear } from "../../ops/linear/op.ts";
import { lookupsOf, sessionInputs } from "./lookups.ts";
import { openLookups } from "./row-reader.ts";
import { TableFile } from "./table-file.ts";

function embedding(): Graph {
  const g = new Graph();
  const ids = g.input("ids", "i32", ["T"]);
  g.output("rows", gather(g, g.weight("table", [4, 2], { kind: "bf16" }), ids));
  return g;
}

describe("lookups", () => {
  it("a table that is only gathered from is fed row by row", () => {
    const g = embedding();
    const names = sessionInputs(g).map(({ name, shape }) => [name, shape]);
    expect(names).toEqual([
      ["ids", ["T"]],
      ["table.rows.2", ["T", 2]],
    ]);
  });

  it("a table that a linear multiplies with too, and one that the graph computes, stay in the session", () => {
    const g = new Graph();
    const ids = g.input("ids", "i32", ["T"]);
    const tied = g.weight("tied", [4, 2]);
    const rows = gather(g, tied, ids);
    g.output("logits", linear(g, rows, tied));
    g.output("picked", gather(g, rows, ids));
    expect(lookupsOf(g)).toEqual([]);
  });
});

/** Rows [0, 1], [2, 3], [4, 5], [6, 7] in bfloat16, after four bytes of something else. */
async function tableFile(): Promise<{ path: string; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), "lookups-test-"));
  const path = join(directory, "weights.bin");
  const floats = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  const bits = Uint16Array.from(new Uint32Array(floats.buffer), (word) => word >>> 16);
  await writeFile(path, Buffer.concat([new Uint8Array(4), new Uint8Array(bits.buffer)]));
  return { path, directory };
}

const TABLES = [{ name: "table", locations: [{ file: "weights.bin", offset: 4, sizeBytes: 16 }] }];

describe("rows from a file", () => {
  it("come in the order of the indices, and from an unlinked file", async () => {
    const { path, directory } = await tableFile();
    const file = new TableFile(path);
    if (process.platform !== "win32") await rm(directory, { recursive: true });
    const [lookup] = openLookups(embedding(), TABLES, file.read);
    const rows = lookup?.reader.read(Int32Array.of(3, 0, 3));
    expect(rows).toEqual({ dtype: "f32", shape: [3, 2], data: Float32Array.of(6, 7, 0, 1, 6, 7) });
    file.close();
    await rm(directory, { recursive: true, force: true });
  });

  it.each([-1, 4])("index %i is refused", async (index) => {
    const { path, directory } = await tableFile();
    const file = new TableFile(path);
    const [lookup] = openLookups(embedding(), TABLES, file.read);
    expect(() => lookup?.reader.read(Int32Array.of(0, index))).toThrow(
      `gather from "table": expected indices from 0 to 3, got ${index}`,
    );
    file.close();
    await rm(directory, { recursive: true });
  });

  it("a file that has lost its end, and a closed one, are told with their names", async () => {
    const { path, directory } = await tableFile();
    const file = new TableFile(path);
    const [lookup] = openLookups(embedding(), TABLES, file.read);
    await truncate(path, 18);
    expect(() => lookup?.reader.read(Int32Array.of(3))).toThrow(
      `table in ${path}: expected 4 bytes, got 2`,
    );
    file.close();
    file.close();
    expect(() => lookup?.reader.read(Int32Array.of(0))).toThrow("expected an open file");
    expect(await readdir(directory)).toEqual(["weights.bin"]);
    await rm(directory, { recursive: true });
  });

  it("places that do not hold the table are refused before anything is read", () => {
    const short = [{ name: "table", locations: [{ file: "f", offset: 0, sizeBytes: 15 }] }];
    const never = (): never => {
      throw new Error("read");
    };
    expect(() => openLookups(embedding(), short, never)).toThrow(
      'table "table": expected 16 bytes of values, got 15',
    );
    expect(() => openLookups(embedding(), [], never)).toThrow("got undefined");
  });
});
