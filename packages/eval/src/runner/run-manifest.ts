import { z } from "zod";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { writeWhole } from "@baichuan2/model";
import { EvalRunError } from "./eval-run-error.ts";

/** Name of the manifest in a run's folder. */
const MANIFEST = "run.json";

const title = z.strictObject({ en: z.string(), zh: z.string() });

const manifestSchema = z.strictObject({
  /** Of this file's form. */
  format: z.literal(1),
  /** Of the package that scored. */
  version: z.string(),
  model: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  /** Most samples of a task; left out: all. */
  limit: z.int().positive().optional(),
  /** Part `index` of `count` (from 1); left out: all. */
  shard: z.strictObject({ index: z.int().positive(), count: z.int().positive() }).optional(),
  benchmarks: z.array(
    z.strictObject({
      name: z.string(),
      recipe: z.enum(["readme", "official", "opencompass", "opencompass-head", "lm-eval"]),
      options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      /** Of questions, prompts and right answers, so that other data and other recipes are noticed. */
      dataHash: z.string(),
      tasks: z.array(
        z.strictObject({
          name: z.string(),
          title,
          groups: z.array(z.string()),
          published: z.string().optional(),
          notes: z.array(z.string()).optional(),
          /** Samples that are asked, all shards together. */
          planned: z.int().nonnegative(),
        }),
      ),
    }),
  ),
});

/** What a run asks of whom, as its folder keeps it. */
export type RunManifest = z.infer<typeof manifestSchema>;

/** What of a folder's manifest a run must agree with to go on in it, and what to tell where it does not. */
const PARTS = ["version", "model", "limit", "shard", "benchmarks"] as const;

/** @throws {EvalRunError} if the folder holds no run, or one of another form. */
export async function readManifest(folder: string): Promise<RunManifest> {
  const manifest = await findManifest(folder);
  if (manifest) return manifest;
  throw new EvalRunError(folder, "a run", "a folder without run.json", "give the folder of a run");
}

/** The manifest, if there is one. @throws {EvalRunError} for one that cannot be read. */
export async function findManifest(folder: string): Promise<RunManifest | undefined> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    const hint = "written by another version? begin anew in another folder";
    throw new EvalRunError(path, "the manifest of a run", "something else", hint, { cause });
  }
}

/** Writes the manifest, whole or not at all. */
export async function writeManifest(folder: string, manifest: RunManifest): Promise<void> {
  await writeWhole(join(folder, MANIFEST), async (file) => {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
  });
}

/** The first part in which two runs differ; undefined: the one can go on where the other ended. */
export function differingPart(
  a: RunManifest,
  b: RunManifest,
  parts: readonly (typeof PARTS)[number][] = PARTS,
): (typeof PARTS)[number] | undefined {
  return parts.find((part) => !isDeepStrictEqual(a[part], b[part]));
}
