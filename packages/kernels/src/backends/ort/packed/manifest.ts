import { createHash } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { StoredTable } from "../row-reader.ts";
import { MODEL_FILE, WEIGHTS_FILE } from "../staging-store.ts";
import { segmentsOf, type Segment } from "./segments.ts";
import type { PackedModel } from "./write-packed-model.ts";

/** The manifest's file in a folder of packed weights. It is written last. */
export const MANIFEST_FILE = "manifest.json";

const VERSION = 2;

/** What a folder of packed weights holds. */
export interface Manifest {
  readonly version: number;
  /** Hex SHA-256 of the model's file. */
  readonly modelSha256: string;
  readonly weightsBytes: number;
  readonly segments: readonly Segment[];
  /** Tables in the weights' file that are no initializers of the model. */
  readonly tables: readonly StoredTable[];
}

/** Takes the checksums of a finished folder and writes them down, everything safely on the disk. */
export async function writeManifest(
  directory: string,
  { weightsBytes, hole, tables }: PackedModel,
): Promise<void> {
  const manifest: Manifest = {
    version: VERSION,
    modelSha256: await sha256(join(directory, MODEL_FILE)),
    weightsBytes,
    segments: segmentsOf(join(directory, WEIGHTS_FILE), weightsBytes, hole),
    tables,
  };
  await using model = await open(join(directory, MODEL_FILE), "r+");
  await model.sync();
  await using file = await open(join(directory, MANIFEST_FILE), "wx");
  await file.writeFile(JSON.stringify(manifest));
  await file.sync();
}

/**
 * The manifest, once everything fits but the checksums of the weights' file.
 *
 * @throws {DamagedEntryError} if the manifest cannot be read, or sizes or the model differ.
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const manifest = await parse(join(directory, MANIFEST_FILE));
  if (manifest.version !== VERSION)
    throw new DamagedEntryError(directory, `version ${VERSION}`, String(manifest.version));
  const model = await sha256(join(directory, MODEL_FILE)).catch(() => "none");
  if (model !== manifest.modelSha256)
    throw new DamagedEntryError(directory, `a model of SHA-256 ${manifest.modelSha256}`, model);
  const size = await stat(join(directory, WEIGHTS_FILE)).then(
    (file) => file.size,
    () => 0,
  );
  if (size !== manifest.weightsBytes)
    throw new DamagedEntryError(directory, `${manifest.weightsBytes} bytes`, String(size));
  return manifest;
}

/** Packed weights on the disk are not as they were written. */
export class DamagedEntryError extends Error {
  override readonly name = "DamagedEntryError";
  readonly code = "ERR_DAMAGED_ENTRY";
  readonly directory: string;

  constructor(directory: string, expected: string, actual: string) {
    super(
      `packed weights in ${directory}: expected ${expected}, got ${actual} (they are made again)`,
    );
    this.directory = directory;
  }
}

async function parse(path: string): Promise<Manifest> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (Array.isArray(manifest.segments) && Array.isArray(manifest.tables)) return manifest;
  } catch {
    // told below
  }
  throw new DamagedEntryError(path, "a manifest", JSON.stringify(text.slice(0, 40)));
}

async function sha256(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
