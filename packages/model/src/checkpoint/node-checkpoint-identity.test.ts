import { cp, mkdtemp, open, rename, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkpointIdentity } from "./node-checkpoint-identity.ts";
import { openCheckpoint } from "./node-open-checkpoint.ts";

const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "checkpoint-identity-"));
  await cp(tinyChat, directory, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true }));

async function identityOf(path: string): Promise<string> {
  await using checkpoint = await openCheckpoint(path);
  return await checkpointIdentity(checkpoint);
}

it("a checkpoint that was moved keeps its identity", async () => {
  const before = await identityOf(directory);
  const moved = `${directory}-moved`;
  await rename(directory, moved);
  const after = await identityOf(moved);
  await rename(moved, directory);
  expect(after).toBe(before);
});

it("a weight file that was written again has another identity", async () => {
  const before = await identityOf(directory);
  const [file = ""] = await weightFiles();
  await utimes(file, new Date(), new Date());
  expect(await identityOf(directory)).not.toBe(before);
});

it("other weights under the same name, size and time have another identity", async () => {
  const before = await identityOf(directory);
  const [path = ""] = await weightFiles();
  const { atime, mtime, size } = await stat(path);
  await using file = await open(path, "r+");
  const byte = new Uint8Array(1);
  await file.read(byte, 0, 1, size - 2);
  await file.write(Uint8Array.of((byte[0] ?? 0) ^ 1), 0, 1, size - 2);
  await file.utimes(atime, mtime);
  expect(await identityOf(directory)).not.toBe(before);
});

async function weightFiles(): Promise<string[]> {
  await using checkpoint = await openCheckpoint(directory);
  return checkpoint.files.map(({ path }) => path);
}
