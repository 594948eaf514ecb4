import type { Checkpoint, StateValue, TensorInfo } from "../checkpoint.ts";
import { MAX_STATE_BYTES, readFlatState, type FlatParts } from "./flat-state.ts";
import { fourBitProblems, isQuantType, openFourBit, packedProblems } from "./four-bit.ts";
import { QuantStateError, readQuantState, type FourBitState } from "./four-bit-state.ts";
import {
  missingPart,
  partProblems,
  tensorProblem,
  type CheckpointHeads,
  type Inspection,
} from "./inspection.ts";

/** Where the JSON of a flat quant_state stands, up to the type's name. */
export const STATE_KEY = ".quant_state.bitsandbytes__";
const flatSuffixes = [".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map"];

/** Keys of the list layout that are there. */
export function listKeys({ tensors, objects }: CheckpointHeads, name: string): string[] {
  const keys = [`${name}.data`, `${name}.quant_state`].filter(
    (key) => tensors.has(key) || objects.has(key),
  );
  return attachedState(objects.get(name)) === undefined ? keys : [name, ...keys];
}

/** Heads with the keys of all flat quant_states, whatever their type, by the weight's key. */
export interface IndexedHeads extends CheckpointHeads {
  readonly stateKeys: ReadonlyMap<string, readonly string[]>;
}

/** Finds the flat quant_states of a checkpoint, once for all linears. */
export function indexStates(heads: CheckpointHeads): IndexedHeads {
  const states = [...heads.tensors.keys()].filter((key) => key.includes(STATE_KEY));
  return {
    ...heads,
    stateKeys: Map.groupBy(states, (key) => key.slice(0, key.indexOf(STATE_KEY))),
  };
}

/** Keys of the flat layout that are there, besides the weight's own. */
export function flatKeys({ tensors, stateKeys }: IndexedHeads, name: string): string[] {
  const parts = flatSuffixes.map((suffix) => name + suffix).filter((key) => tensors.has(key));
  return [...parts, ...(stateKeys.get(name) ?? [])];
}

/** The published layout: `weight.data` with `weight.quant_state`, or a Params4bit that carries its state. */
export function inspectList(
  heads: CheckpointHeads,
  name: string,
  shape: readonly [number, number],
): Inspection {
  const keys = listKeys(heads, name);
  const packed = heads.tensors.get(`${name}.data`) ?? heads.tensors.get(name);
  const stateKey = `${name}.quant_state`;
  const value =
    heads.objects.get(stateKey) ?? attachedState(packed && heads.objects.get(packed.name));
  if (packed === undefined)
    return { name, keys, problems: [missingPart(`${name}.data`, "the 4-bit codes")] };
  if (value === undefined)
    return { name, keys, problems: [missingPart(stateKey, "scales and settings of 4-bit codes")] };
  const state = tryRead(value);
  if (typeof state === "string")
    return { name, keys, problems: [`"${stateKey}" in ${packed.file}: ${state}`] };
  const parts = { name, shape, packed, state };
  return {
    name,
    keys,
    problems: fourBitProblems(parts),
    stored: {
      format: state.quantType === "fp4" ? "fp4" : "nf4",
      layout: "bitsandbytes-list",
      open: (checkpoint, problems, signal) => openFourBit(checkpoint, parts, problems, signal),
    },
  };
}

function attachedState(value: StateValue | undefined): StateValue | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
  if (value.kind !== "object") return undefined;
  return value.attributes.get("quant_state") ?? undefined;
}

function tryRead(value: StateValue): FourBitState | string {
  try {
    return readQuantState(value);
  } catch (error) {
    if (error instanceof QuantStateError) return error.message;
    throw error;
  }
}

/** The layout of transformers and bitsandbytes since 0.42: every part under a key of its own. */
export function inspectFlat(
  heads: IndexedHeads,
  name: string,
  shape: readonly [number, number],
): Inspection {
  const part = (suffix: string): TensorInfo | undefined => heads.tensors.get(name + suffix);
  const keys = [name, ...flatKeys(heads, name)];
  const stateKeys = heads.stateKeys.get(name) ?? [];
  const state = heads.tensors.get(stateKeys[0] ?? "");
  const [absmax, quantMap, nestedAbsmax, nestedQuantMap] = flatSuffixes.map(part);
  const packed = part("");
  const problems = [
    ...(packed
      ? packedProblems(packed, shape[0] * shape[1])
      : [missingPart(name, "the 4-bit codes")]),
    ...(absmax ? [] : [missingPart(`${name}.absmax`, "the scales of 4-bit codes")]),
    ...(quantMap ? [] : [missingPart(`${name}.quant_map`, "the values of 4-bit codes")]),
    ...stateProblems(name, state, stateKeys),
    ...(absmax?.dtype === "u8" && !nestedAbsmax
      ? [missingPart(`${name}.nested_absmax`, "the scales of the 8-bit absmax")]
      : []),
  ];
  if (!packed || !absmax || !quantMap || !state || problems.length > 0)
    return { name, keys, problems };
  const flat: FlatParts = { absmax, quantMap, nestedAbsmax, nestedQuantMap, state };
  return {
    name,
    keys,
    problems,
    stored: {
      format: state.name.endsWith("fp4") ? "fp4" : "nf4",
      layout: "bitsandbytes-flat",
      open: (checkpoint, list, signal) =>
        openFlat(checkpoint, { name, shape, packed, flat }, list, signal),
    },
  };
}

function stateProblems(
  name: string,
  state: TensorInfo | undefined,
  stateKeys: readonly string[],
): string[] {
  if (!state) return [missingPart(`${name}${STATE_KEY}nf4`, "type, block size and shape as JSON")];
  const quantType = state.name.slice((name + STATE_KEY).length);
  if (stateKeys.length > 1)
    return [tensorProblem(state, `expected one quant_state, got ${stateKeys.length}`)];
  if (!isQuantType(quantType))
    return [tensorProblem(state, `expected quant_type nf4 or fp4, got "${quantType}"`)];
  const elements = Math.min(state.sizeBytes, MAX_STATE_BYTES);
  return partProblems(state, { dtypes: ["u8"], elements, what: "JSON, of at most 4096 bytes" });
}

interface FlatLinear {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly packed: TensorInfo;
  readonly flat: FlatParts;
}

async function openFlat(
  checkpoint: Checkpoint,
  { name, shape, packed, flat }: FlatLinear,
  problems: string[],
  signal: AbortSignal | undefined,
): ReturnType<typeof openFourBit> {
  const read = await readFlatState(checkpoint, flat, signal);
  if ("problem" in read) {
    problems.push(tensorProblem(flat.state, read.problem));
    return undefined;
  }
  const parts = { name, shape, packed, state: read.state };
  const found = fourBitProblems(parts);
  const told = read.state.quantType;
  if (!flat.state.name.endsWith(`__${told}`))
    found.push(tensorProblem(flat.state, `expected the quant_type of its key, got "${told}"`));
  problems.push(...found);
  return found.length > 0 ? undefined : openFourBit(checkpoint, parts, problems, signal);
}
