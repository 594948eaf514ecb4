import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { tinyModel } from "./__fixtures__/model-file.ts";
import { fromFile } from "./from-file.ts";
import { TokenizerError } from "./tokenizer-error.ts";

const folder = mkdtempSync(join(tmpdir(), "baichuan2-tokenizer-test-"));
const path = join(folder, "tokenizer.model");
writeFileSync(path, tinyModel("tiny-baichuan-like"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("fromFile", () => {
  it("reads a model given as a path or a URL", async () => {
    for (const place of [path, pathToFileURL(path)])
      expect((await fromFile(place)).vocabSize).toBe(3000);
  });

  it("refuses a file that is not there, and keeps the cause", async () => {
    const error = await fromFile(join(folder, "missing")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TokenizerError);
    expect(error).toMatchObject({ cause: { code: "ENOENT" } });
  });

  it("refuses a folder", async () => {
    const error = await fromFile(folder).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TokenizerError);
    expect(error).toMatchObject({ where: `fromFile ${folder}`, actual: "a directory" });
  });

  it("names the path of a file that is no model, and keeps the cause", async () => {
    const damaged = join(folder, "damaged.model");
    writeFileSync(damaged, tinyModel("tiny-baichuan-like").subarray(0, 1000));
    const error = await fromFile(damaged).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TokenizerError);
    expect((error as TokenizerError).message).toContain(`fromFile ${damaged}: expected `);
    expect((error as TokenizerError).cause).toBeInstanceOf(TokenizerError);
  });

  it("names the path of a model of another kind", async () => {
    const unigram = join(folder, "unigram.model");
    writeFileSync(unigram, tinyModel("tiny-unigram"));
    await expect(fromFile(unigram)).rejects.toThrow(unigram);
  });

  it("checks the checksum asked for", async () => {
    const { createHash } = await import("node:crypto");
    const sha256 = createHash("sha256").update(tinyModel("tiny-baichuan-like")).digest("hex");
    expect((await fromFile(path, { sha256: sha256.toUpperCase() })).vocabSize).toBe(3000);
    await expect(fromFile(path, { sha256: "00" })).rejects.toThrow(
      `fromFile ${path}: expected a file with SHA-256 00, got ${sha256}`,
    );
  });

  it("rejects with the signal's reason when aborted", async () => {
    const reason = new Error("no longer needed");
    await expect(fromFile(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const reading = fromFile(path, { signal: controller.signal });
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });
});
