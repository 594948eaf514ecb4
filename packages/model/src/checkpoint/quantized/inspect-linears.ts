import { expectedTensors, isDecoderLinear } from "../../config.ts";
import { isFloatDtype } from "../dtype.ts";
import { tensorProblem, type CheckpointHeads, type Inspection, type Stored } from "./inspection.ts";
import {
  flatKeys,
  indexStates,
  inspectFlat,
  inspectList,
  listKeys,
  type IndexedHeads,
} from "./inspect-four-bit.ts";
import { inspectInt4, int4Keys } from "./int4.ts";
import { inspectInt8, int8Keys } from "./int8.ts";
import {
  isAsymmetric,
  isSkipped,
  readQuantizationSettings,
  settingsProblems,
} from "./quantization-config.ts";
import type { QuantLayout } from "./stored-linear.ts";

/** All linears of the network's layers, in order, and what is wrong with them together. */
export interface LinearsInspection {
  readonly linears: ReadonlyMap<string, Inspection>;
  /** Format and layout of the first quantized linear; undefined if all are float. */
  readonly first: Pick<Stored, "format" | "layout"> | undefined;
  /** Keys of all parts of quantized linears. */
  readonly keys: ReadonlySet<string>;
  /** Contradictions between config.json and tensors. */
  readonly problems: readonly string[];
}

/** Finds out, without reading weights, how every linear is stored. */
export function inspectLinears(checkpoint: CheckpointHeads): LinearsInspection {
  const heads = indexStates(checkpoint);
  const found = [...expectedTensors(heads.config)]
    .filter(([name]) => isDecoderLinear(name))
    .map(([name, [O = 0, C = 0]]) => inspectLinear(heads, name, [O, C]));
  const isQuantized = found.some(({ keys }) => keys.length > 0);
  const first = found.find(({ stored }) => stored)?.stored;
  const settings = readQuantizationSettings(heads.config);
  const linears = new Map(
    found.map((linear) => [
      linear.name,
      isQuantized ? withMixture(heads, linear, first, settings?.skipped ?? []) : linear,
    ]),
  );
  return {
    linears,
    first,
    keys: new Set(found.flatMap(({ keys }) => keys)),
    problems: [
      ...(settings && first ? settingsProblems(settings, first.format) : []),
      ...(settings && first?.format === "int4" && isAsymmetric(settings)
        ? missingZeroPoints(heads, found)
        : []),
    ],
  };
}

/** A linear without keys is float, or missing; the check of plain tensors tells about it. */
function inspectLinear(
  heads: IndexedHeads,
  name: string,
  shape: readonly [number, number],
): Inspection {
  const layouts = layoutsOf(heads, name);
  const [layout] = layouts;
  if (layout === undefined) return { name, keys: [], problems: [] };
  const inspection = inspectors[layout](heads, name, shape);
  if (layouts.length === 1) return inspection;
  const keys = layouts.flatMap((other) =>
    other === "float" ? [name] : inspectors[other](heads, name, shape).keys,
  );
  const problems = [`"${name}": expected one weight, got it as ${layouts.join(" and as ")}`];
  return { name, keys, problems };
}

const inspectors = {
  "bitsandbytes-list": inspectList,
  "bitsandbytes-flat": inspectFlat,
  "llm-int8": inspectInt8,
  "pack-quantized": inspectInt4,
  float: (_: CheckpointHeads, name: string): Inspection => ({ name, keys: [], problems: [] }),
} satisfies Record<QuantLayout | "float", unknown>;

function layoutsOf(heads: IndexedHeads, name: string): (QuantLayout | "float")[] {
  const linear = name.replace(/\.weight$/, "");
  const dtype = heads.tensors.get(name)?.dtype;
  const list = listKeys(heads, name);
  const isAttached = list[0] === name;
  const isFlat = flatKeys(heads, name).length > 0 || (dtype === "u8" && !isAttached);
  const isInt8 = int8Keys(heads, linear).length > 0 || (dtype === "i8" && !isFlat && !isAttached);
  const isFloat = dtype !== undefined && isFloatDtype(dtype) && !isFlat && !isInt8 && !isAttached;
  const found: (QuantLayout | "float")[] = [];
  if (list.length > 0) found.push("bitsandbytes-list");
  if (isFlat) found.push("bitsandbytes-flat");
  if (isInt8) found.push("llm-int8");
  if (int4Keys(heads, linear).length > 0) found.push("pack-quantized");
  if (isFloat) found.push("float");
  return found;
}

function withMixture(
  heads: CheckpointHeads,
  linear: Inspection,
  first: Pick<Stored, "format" | "layout"> | undefined,
  skipped: readonly string[],
): Inspection {
  const { name, stored } = linear;
  const tensor = heads.tensors.get(name);
  const problems = [...linear.problems];
  if (stored && first && stored.format !== first.format)
    problems.push(
      `"${name}": expected ${first.format} as the linears before it, got ${stored.format}`,
    );
  const isFloat = linear.keys.length === 0 && tensor !== undefined;
  if (isFloat && !isSkipped(name.replace(/\.weight$/, ""), skipped))
    problems.push(
      tensorProblem(
        tensor,
        `expected a quantized weight as the other linears', got ${tensor.dtype} (a linear that stays float is listed in llm_int8_skip_modules or ignore)`,
      ),
    );
  return { ...linear, problems };
}

function missingZeroPoints(heads: CheckpointHeads, linears: readonly Inspection[]): string[] {
  return linears
    .filter(({ stored }) => stored?.format === "int4")
    .map(({ name }) => name.replace(/\.weight$/, ".weight_zero_point"))
    .filter((key) => !heads.tensors.has(key))
    .map((key) => `tensor "${key}" is missing (config.json says symmetric: false)`);
}
