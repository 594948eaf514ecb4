import { describe, expect, it } from "vitest";
import { infoOf, memoryCheckpoint } from "../__fixtures__/memory-checkpoint.ts";
import {
  floatTensors,
  linears,
  nf4,
  problemsOf,
  W,
  weightsOf,
} from "../__fixtures__/quantized-tensors.ts";
import { checkWeights } from "../check-weights.ts";
import type { Checkpoint, StateValue } from "../checkpoint.ts";
import { openQuantizedLinears } from "./open-quantized-linears.ts";
import { quantizationOf } from "./quantization-of.ts";
import type { StoredFourBit } from "./stored-linear.ts";
import { bytesOf, type TensorValues } from "./tensor-values.ts";

describe("the published list layout", () => {
  const tensorState = (tensor: TensorValues): StateValue => ({
    kind: "tensor",
    info: infoOf(tensor),
  });
  const f16: StateValue = { kind: "dtype", name: "float16" };

  interface Parts {
    readonly absmax: StateValue;
    readonly shape: StateValue;
    readonly offset: StateValue;
    readonly nestedAbsmax: StateValue;
    readonly map: StateValue;
    readonly code: StateValue;
  }

  /** Every linear with `weight.data` and what `make` builds of its parts. */
  function listCheckpoint(
    make: (parts: Parts) => StateValue,
    offset = 0.5,
    where: "key" | "attribute" = "key",
  ): Checkpoint {
    const tensors: TensorValues[] = [...floatTensors];
    const objects = new Map<string, StateValue>();
    for (const [name, [O = 0, C = 0]] of linears) {
      const flat = nf4()(name, weightsOf(O * C, 0), [O, C]);
      const part = (suffix: string, path: string): StateValue => {
        const tensor = flat.find((other) => other.name === name + suffix)!;
        const renamed = { ...tensor, name: `${name}.quant_state[${path}` };
        tensors.push(renamed);
        return tensorState(renamed);
      };
      const at = { name: `${name}.quant_state[4][0]`, dtype: "f32", shape: [] } as const;
      tensors.push({ ...at, bytes: bytesOf(Float32Array.of(offset)) });
      const packed = { ...flat[0]!, name: `${name}.data` };
      tensors.push(packed);
      const value = make({
        absmax: part(".absmax", "0]"),
        shape: { kind: "size", dims: [O, C] },
        offset: tensorState({ ...at, bytes: new Uint8Array(4) }),
        nestedAbsmax: part(".nested_absmax", "4][1][0]"),
        map: part(".nested_quant_map", "4][1][1]"),
        code: part(".quant_map", "6]"),
      });
      const type = "bitsandbytes.nn.modules.Params4bit";
      if (where === "key") objects.set(`${name}.quant_state`, value);
      else
        objects.set(packed.name, {
          kind: "object",
          type,
          attributes: new Map([["quant_state", value]]),
          tensor: infoOf(packed),
        });
    }
    return memoryCheckpoint(tensors, objects, { load_in_4bit: true });
  }

  const seven = (p: Parts): StateValue[] => [
    p.absmax,
    p.shape,
    f16,
    64,
    [p.offset, [p.nestedAbsmax, p.map, 256, false, f16, null, null]],
    "nf4",
    p.code,
  ];
  const six = (p: Parts): StateValue[] => [
    p.absmax,
    p.shape,
    f16,
    64,
    [p.offset, [p.nestedAbsmax, p.map]],
    "nf4",
  ];
  const object = (attributes: Record<string, StateValue>): StateValue => ({
    kind: "object",
    type: "bitsandbytes.functional.QuantState",
    attributes: new Map(Object.entries(attributes)),
  });
  const quantState = (p: Parts): StateValue =>
    object({
      absmax: p.absmax,
      shape: p.shape,
      code: p.code,
      dtype: f16,
      blocksize: 64,
      quant_type: "nf4",
      offset: p.offset,
      state2: object({ absmax: p.nestedAbsmax, code: p.map, blocksize: 256, dtype: f16 }),
      nested: true,
    });

  it.each<[string, Checkpoint]>([
    ["lists of 7", listCheckpoint(seven)],
    ["lists of 6 whose state2 has 2", listCheckpoint(six)],
    ["QuantState objects", listCheckpoint(quantState)],
    ["Params4bit that carry a list", listCheckpoint(seven, 0.5, "attribute")],
    ["Params4bit that carry a QuantState", listCheckpoint(quantState, 0.5, "attribute")],
  ])("opens from %s", async (_, checkpoint) => {
    checkWeights(checkpoint);
    expect(quantizationOf(checkpoint)).toMatchObject({ layout: "bitsandbytes-list" });
    const linear = (await openQuantizedLinears(checkpoint)).get(W) as StoredFourBit;
    expect(linear).toMatchObject({ format: "nf4", blockSize: 64, nested: true, dtype: "f16" });
    const nested = (await linear.readNestedAbsmax!())!;
    expect(nested.offset).toBe(0.5);
    const absmax = await linear.readAbsmax();
    expect(absmax[0]).toBeCloseTo(nested.map[nested.codes[0]!]! * nested.nestedAbsmax[0]! + 0.5, 6);
  });

  it.each<[string, Checkpoint, string]>([
    ["a NaN offset", listCheckpoint(seven, NaN), "expected a finite offset of the absmax, got NaN"],
    [
      "lists of 5",
      listCheckpoint((p) => seven(p).slice(0, 5)),
      "expected a list of 6 or 7 or a QuantState, got a list of 5",
    ],
    ["text", listCheckpoint(() => "nf4"), "got string nf4"],
    [
      "an unknown quant_type",
      listCheckpoint((p) => seven(p).with(5, "int4")),
      'expected quant_type nf4 or fp4, got "int4"',
    ],
    [
      "absmax that are no tensor",
      listCheckpoint((p) => seven(p).with(0, 3)),
      "expected absmax as a tensor, got number 3",
    ],
    [
      "an 8-bit absmax without state2",
      listCheckpoint((p) => seven(p).with(4, null)),
      "expected 64 of f32 or f16 or bf16",
    ],
    [
      "a short state2",
      listCheckpoint((p) => seven(p).with(4, [p.offset, [p.nestedAbsmax]])),
      "expected state2 as a list of 2 to 7 or a QuantState, got a list of 1",
    ],
    [
      "a shape of another linear",
      listCheckpoint((p) => seven(p).with(1, { kind: "size", dims: [8, 8] })),
      "expected a quant_state for shape [64, 64], got [8, 8]",
    ],
  ])("refuses %s, in every linear at once", async (_, checkpoint, message) => {
    const problems = await problemsOf(checkpoint);
    expect(problems).toHaveLength(5);
    const own = problems.find((problem) => problem.includes(W));
    expect(own).toContain(message);
    expect(own).toContain("m/w");
  });
});
