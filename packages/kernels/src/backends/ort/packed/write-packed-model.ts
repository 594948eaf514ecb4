import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CompileOptions, WeightReader } from "../../../backend.ts";
import type { Graph } from "../../../graph/graph.ts";
import type { SessionFactory } from "../create-session.ts";
import type { StoredTable } from "../row-reader.ts";
import { MODEL_FILE, WEIGHTS_FILE } from "../staging-store.ts";
import { toOnnx } from "../to-onnx.ts";
import { WeightFile } from "../weight-file.ts";
import {
  planLayouts,
  plannedInitializers,
  sinkWeights,
  storeWeight,
  type PlannedWeight,
  type StoredInitializer,
} from "../weight-store.ts";
import { inputUses, moveExternalTensors } from "./external-data.ts";
import { packLinear, type LinearPacker, type PackedMatrix } from "./pack-linear.ts";
import { sameResults } from "./same-results.ts";
import { StandIns, type StandIn } from "./stand-ins.ts";

/** Files of a folder of packed weights, as far as a check must read them. */
export interface PackedModel {
  readonly weightsBytes: number;
  /** A range of the weights' file that is a hole and needs no check. */
  readonly hole: { readonly start: number; readonly end: number };
  readonly tables: readonly StoredTable[];
}

/**
 * Writes a model whose matrices are already packed, as the kernels of this machine want them: a session maps them.
 * The raw bytes of the matrices are not kept (see `stand-ins.ts`).
 *
 * @param directory - An empty folder.
 * @throws {StandInError} if results depend on the stand-ins; the folder must not be used then.
 */
export async function writePackedModel(
  graph: Graph,
  reader: WeightReader,
  directory: string,
  sessions: SessionFactory,
  options: CompileOptions,
): Promise<PackedModel> {
  const weights = await WeightFile.create(join(directory, WEIGHTS_FILE));
  let standIns: StandIns | undefined;
  try {
    const plan = planLayouts(graph, sessions.bytes);
    const uses = inputUses(toOnnx(graph, plannedInitializers(plan)));
    const linears = new Set(linearsWithOneUse(graph));
    const sizes = plan
      .filter(({ weight }) => linears.has(weight.id))
      .flatMap(({ layout }) => [...layout.regions.values()]);
    standIns = await StandIns.create(directory, weights, sizes);
    const hasOneUse = (name: string): boolean => uses.get(name) === 1;
    const packer: LinearPacker = { directory, sessions, weights, standIns, hasOneUse };
    const matrices: PackedMatrix[] = [];
    const sink = async (planned: PlannedWeight): Promise<StoredInitializer[]> => {
      if (!linears.has(planned.weight.id))
        return storeWeight(planned, reader, weights, options.signal);
      const packed = await packPlanned(planned, reader, packer, options.signal);
      matrices.push(...packed.matrices);
      return packed.initializers;
    };
    const { initializers, tables } = await sinkWeights(plan, sink, options);
    const model = toOnnx(graph, initializers);
    await writeFile(join(directory, MODEL_FILE), withPacked(model, matrices, "zeros"));
    if (matrices.length > 0) await checkStandIns(graph, model, matrices, packer);
    await weights.truncate(weights.sizeBytes);
    await weights.sync();
    const start = standIns.taggedBytes;
    return { weightsBytes: weights.sizeBytes, hole: { start, end: standIns.sizeBytes }, tables };
  } finally {
    await standIns?.close();
    await weights.close();
  }
}

/** Weights that one linear takes and nothing else: only its kernels pack. */
function linearsWithOneUse(graph: Graph): number[] {
  const takers = new Map<number, string[]>();
  for (const { op, inputs } of graph.nodes)
    for (const { id } of inputs) takers.set(id, [...(takers.get(id) ?? []), op]);
  const ids = graph.weights.map(({ id }) => id);
  return ids.filter((id) => takers.get(id)?.join() === "linear");
}

async function packPlanned(
  planned: PlannedWeight,
  reader: WeightReader,
  packer: LinearPacker,
  signal: AbortSignal | undefined,
): Promise<Awaited<ReturnType<typeof packLinear>>> {
  const scratch = await WeightFile.create(join(packer.directory, "scratch.bin"));
  try {
    const initializers = await storeWeight(planned, reader, scratch, signal);
    return await packLinear(planned.weight, initializers, scratch, packer);
  } finally {
    await scratch.close();
  }
}

/** Points the packed initializers at one kind of stand-in, `shift` bytes further. */
function withPacked(
  model: Uint8Array,
  matrices: readonly PackedMatrix[],
  kind: StandIn,
  shift = 0,
): Uint8Array {
  const standIns = new Map(matrices.map((matrix) => [matrix.name, matrix.standIns[kind]]));
  return moveExternalTensors(model, (tensor) => {
    const standIn = standIns.get(tensor.name);
    if (!standIn) return tensor;
    const { offset, sizeBytes } = standIn.location;
    return { ...tensor, raw: { offset: offset + shift, sizeBytes }, packed: standIn.packed };
  });
}

/** Results of the model and of one with other stand-ins differ. */
export class StandInError extends Error {
  override readonly name = "StandInError";
  readonly code = "ERR_STAND_IN";

  constructor() {
    super(
      "packed weights: expected results that do not depend on raw bytes, got others with other raw bytes (load without packedCacheDir)",
    );
  }
}

/** Runs the model with both kinds of stand-ins. */
async function checkStandIns(
  graph: Graph,
  model: Uint8Array,
  matrices: readonly PackedMatrix[],
  { directory, weights, standIns, sessions }: LinearPacker,
): Promise<void> {
  const { sizeBytes } = weights;
  const noise = await standIns.appendNoise(weights);
  const control = join(directory, "control.onnx");
  await writeFile(control, withPacked(model, matrices, "noise", noise.offset));
  const isSame = await sameResults(graph, sessions, [join(directory, MODEL_FILE), control]);
  await weights.truncate(sizeBytes);
  if (!isSame) throw new StandInError();
}
