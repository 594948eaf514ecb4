import { open, readFile, symlink, writeFile } from "node:fs/promises";
import { devNull } from "node:os";
import { join } from "node:path";
import type { Weight } from "../../../graph/graph.ts";
import { Graph } from "../../../graph/graph.ts";
import { linear } from "../../../ops/linear/op.ts";
import { createSession, type SessionFactory } from "../create-session.ts";
import { toOnnx } from "../to-onnx.ts";
import type { WeightFile } from "../weight-file.ts";
import type { StoredInitializer } from "../weight-store.ts";
import { externalTensors, type ExternalTensor, type PackedEntry } from "./external-data.ts";
import type { StandIn, StandIns } from "./stand-ins.ts";

/** A matrix of which only the packed form is kept. */
export interface PackedMatrix {
  /** Name of the initializer. */
  readonly name: string;
  /** Where each stand-in lies, and what the kernel's packed form is found by when it packs that one. */
  readonly standIns: Readonly<Record<StandIn, StandInOfMatrix>>;
}

/** What takes the place of a matrix's raw bytes. */
export interface StandInOfMatrix {
  readonly location: StoredInitializer["location"];
  /** Keys of the stand-in, places of the matrix. */
  readonly packed: readonly PackedEntry[];
}

/** What packs matrices. */
export interface LinearPacker {
  /** Folder of all files. */
  readonly directory: string;
  readonly sessions: SessionFactory;
  /** Where packed matrices go, and parts that no kernel packs. */
  readonly weights: WeightFile;
  readonly standIns: StandIns;
  /** Whether an initializer is an input of one node only: others need their raw bytes. */
  readonly hasOneUse: (name: string) => boolean;
}

/**
 * Packs one linear weight in sessions of its own, one at a time, so that neither memory nor disk hold a second model.
 *
 * @param initializers - Over the weight's parts in a scratch file.
 * @returns the initializers over the file of the weights, and the matrices among them that were packed.
 */
export async function packLinear(
  weight: Weight,
  initializers: readonly StoredInitializer[],
  scratch: WeightFile,
  packer: LinearPacker,
): Promise<{ initializers: StoredInitializer[]; matrices: PackedMatrix[] }> {
  const saved = await savePacked(packer, [{ weight, initializers }], SAVED_WEIGHTS);
  const packed = initializers.filter(
    ({ name }) => packer.hasOneUse(name) && saved.get(name)?.packed.length,
  );
  const standIns = new Map(
    packed.map(({ name, location }) => [name, packer.standIns.next(location.sizeBytes)]),
  );
  const places = await copyPacked(packed, saved, packer);
  const matrices: PackedMatrix[] = [];
  if (packed.length > 0) {
    const linears = standInLinears(weight, initializers, standIns);
    const keys = await savePacked(packer, linears, await discardedWeights(packer));
    for (const [name, locations] of standIns) {
      const matrix = (kind: StandIn): StandInOfMatrix => ({
        location: locations[kind],
        packed: withKeys(places.get(name) ?? [], keys.get(standInName(weight, name, kind))),
      });
      matrices.push({ name, standIns: { zeros: matrix("zeros"), noise: matrix("noise") } });
    }
  }
  return { initializers: await copyRaw(initializers, standIns, scratch, packer), matrices };
}

/** A weight in a small model, and its initializers. */
interface LinearOfModel {
  readonly weight: Pick<Weight, "name" | "shape" | "format">;
  readonly initializers: readonly StoredInitializer[];
}

const MODEL = "small.onnx";
const SAVED_MODEL = "small-packed.onnx";
const SAVED_WEIGHTS = "small-packed.bin";
const DISCARDED_WEIGHTS = "discarded.bin";

/** Lets onnxruntime pack the weights of a model of nothing but linears; returns what it saved. */
async function savePacked(
  { directory, sessions }: LinearPacker,
  linears: readonly LinearOfModel[],
  weightsFile: string,
): Promise<Map<string, ExternalTensor>> {
  const g = new Graph();
  for (const [index, { weight }] of linears.entries()) {
    const { name, shape, format } = weight;
    const x = g.input(`x${index}`, "f32", ["T", shape[1]]);
    g.output(`y${index}`, linear(g, x, g.weight(name, shape, format)));
  }
  const all = linears.flatMap(({ initializers }) => initializers);
  await writeFile(join(directory, MODEL), toOnnx(g, all));
  const saving = { model: join(directory, SAVED_MODEL), weights: weightsFile };
  const session = await createSession(sessions, join(directory, MODEL), saving);
  await session.release();
  return externalTensors(await readFile(saving.model));
}

/** A file name for saved weights that nobody reads: only their keys are wanted. Links need a permission on Windows. */
async function discardedWeights({ directory }: LinearPacker): Promise<string> {
  if (process.platform === "win32") return SAVED_WEIGHTS;
  await symlink(devNull, join(directory, DISCARDED_WEIGHTS)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  return DISCARDED_WEIGHTS;
}

/** The weight twice under other names, its packed parts replaced by stand-ins. */
function standInLinears(
  weight: Weight,
  initializers: readonly StoredInitializer[],
  standIns: ReadonlyMap<string, Record<StandIn, StoredInitializer["location"]>>,
): LinearOfModel[] {
  return (["zeros", "noise"] as const).map((kind) => ({
    weight: { ...weight, name: standInName(weight, weight.name, kind) },
    initializers: initializers.map((initializer) => ({
      ...initializer,
      name: standInName(weight, initializer.name, kind),
      location: standIns.get(initializer.name)?.[kind] ?? initializer.location,
    })),
  }));
}

/** Names of parts begin with the weight's name. */
function standInName(weight: Weight, name: string, kind: StandIn): string {
  return `${weight.name}#${kind}${name.slice(weight.name.length)}`;
}

function withKeys(
  places: readonly PackedEntry[],
  standIn: ExternalTensor | undefined,
): PackedEntry[] {
  return places.map((place, index) => ({ ...place, key: standIn?.packed[index]?.key ?? "" }));
}

async function copyPacked(
  packed: readonly StoredInitializer[],
  saved: ReadonlyMap<string, ExternalTensor>,
  { directory, weights }: LinearPacker,
): Promise<Map<string, PackedEntry[]>> {
  const places = new Map<string, PackedEntry[]>();
  const file = await open(join(directory, SAVED_WEIGHTS));
  try {
    for (const { name } of packed) {
      const entries: PackedEntry[] = [];
      for (const entry of saved.get(name)?.packed ?? []) {
        const blobs = [];
        for (const { offset, sizeBytes } of entry.blobs)
          blobs.push(await weights.copy(file, offset, sizeBytes));
        entries.push({ ...entry, blobs });
      }
      places.set(name, entries);
    }
  } finally {
    await file.close();
  }
  return places;
}

/** Parts that no kernel packs keep their bytes; initializers over one region still share it. */
async function copyRaw(
  initializers: readonly StoredInitializer[],
  standIns: ReadonlyMap<string, Record<StandIn, StoredInitializer["location"]>>,
  scratch: WeightFile,
  { weights }: LinearPacker,
): Promise<StoredInitializer[]> {
  const copies = new Map<number, StoredInitializer["location"]>();
  const moved: StoredInitializer[] = [];
  for (const initializer of initializers) {
    const { name, location } = initializer;
    const { offset, sizeBytes } = location;
    const copy = standIns.get(name)?.zeros ?? copies.get(offset);
    const place = copy ?? (await weights.append(scratch, sizeBytes, offset));
    if (!standIns.has(name)) copies.set(offset, place);
    moved.push({ ...initializer, location: place });
  }
  return moved;
}
