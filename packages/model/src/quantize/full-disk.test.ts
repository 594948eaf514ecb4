import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { writeFloatCheckpoint } from "./__fixtures__/write-float-checkpoint.ts";
import { quantizeCheckpoint } from "./quantize-checkpoint.ts";

/** Part of a file's name, and how many writes to it the disk has room for. */
const room = vi.hoisted(() => ({ file: "nothing", writes: 0 }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const actual = await importOriginal<typeof import("node:fs/promises")>();
  const open: typeof actual.open = async (path, ...rest) => {
    const handle = await actual.open(path, ...rest);
    if (!String(path).includes(room.file)) return handle;
    const full = Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
    const limited =
      <Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        if (room.writes-- <= 0) throw full;
        return write(...args);
      };
    return Object.assign(handle, {
      write: limited(handle.write.bind(handle)),
      writeFile: limited(handle.writeFile.bind(handle)),
    });
  };
  return { ...actual, open };
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "full-disk-"));
});
afterEach(() => rm(folder, { recursive: true }));

it.each([
  // the header, and the codes of a first linear
  ["model-00002-of-00003.safetensors", 2, /^model\.layers\.0\..*weight/],
  ["model-00003-of-00003.safetensors", 0, undefined],
  ["config.json", 0, undefined],
  ["quantize-state.json", 1, undefined],
])("a disk that is full at %s loses nothing that is done", async (file, writes, tensor) => {
  const source = await writeFloatCheckpoint(join(folder, "in"));
  const out = join(folder, "out");
  const straight = join(folder, "straight");
  const options = { format: "int8", threads: 1 } as const;
  await quantizeCheckpoint(source, straight, options);

  Object.assign(room, { file, writes });
  const error = await quantizeCheckpoint(source, out, options).catch((thrown: unknown) => thrown);
  room.file = "nothing";
  expect(error).toMatchObject({
    name: "CheckpointError",
    path: expect.stringContaining(file) as string,
    problems: ["cannot be written (ENOSPC: no space is left on the disk; make room and run again)"],
    tensor: tensor && (expect.stringMatching(tensor) as string),
  });
  const left = await readdir(join(`${out}.partial`, "checkpoint"));
  expect(left.filter((name) => name.startsWith(file))).toEqual([]);

  const done = left.filter((name) => name.startsWith("model-")).length;
  const { resumedShards } = await quantizeCheckpoint(source, out, options);
  // A shard that was not remembered is written again.
  expect(resumedShards).toBe(file === "quantize-state.json" ? 0 : done);
  for (const name of await readdir(straight))
    expect(await readFile(join(out, name))).toEqual(await readFile(join(straight, name)));
});
