import { decodeFourBit, decodeInt4, encodeInt4, NF4_CODEBOOK } from "@baichuan2/quant";
import { describe, expect, it } from "vitest";
import { memoryCheckpoint } from "../__fixtures__/memory-checkpoint.ts";
import {
  damaged,
  expected,
  floats,
  int4,
  int8,
  linears,
  nf4,
  problemsOf,
  replaced,
  state,
  W,
  weightsOf,
  without,
  X,
  type Make,
} from "../__fixtures__/quantized-tensors.ts";
import { checkWeights } from "../check-weights.ts";
import { openQuantizedLinears } from "./open-quantized-linears.ts";
import { quantizationOf } from "./quantization-of.ts";
import type { StoredFourBit, StoredInt4, StoredInt8 } from "./stored-linear.ts";
import type { TensorValues } from "./tensor-values.ts";
import { quantizationConfig } from "./write-quantization-config.ts";

const stateWithOffset = (offset: number): string =>
  `{"quant_type": "nf4", "blocksize": 64, "dtype": "float16", "shape": [64, 64], "nested_offset": ${offset}}`;

describe("openQuantizedLinears", () => {
  it.each([
    ["nf4", "bitsandbytes-flat", nf4()],
    ["fp4", "bitsandbytes-flat", nf4("fp4", false)],
    ["int8", "llm-int8", int8],
    ["int4", "pack-quantized", int4()],
    ["int4", "pack-quantized", int4(false)],
  ] as const)("opens %s in layout %s, with or without a config", async (format, layout, make) => {
    for (const config of [undefined, quantizationConfig(format)]) {
      const checkpoint = memoryCheckpoint(
        damaged(make, () => {}),
        new Map(),
        config,
      );
      checkWeights(checkpoint);
      expect(quantizationOf(checkpoint)).toEqual({ format, layout, floatLinears: [] });
      const opened = await openQuantizedLinears(checkpoint);
      expect([...opened.keys()]).toEqual(linears.map(([name]) => name));
      expect(opened.get(W)).toMatchObject({ name: W, format, shape: [64, 64] });
    }
  });

  it("gives nothing for a checkpoint of floats, whatever its config says", async () => {
    const tensors = [...expected].map(([name, shape]) => floats(name, shape));
    const checkpoint = memoryCheckpoint(tensors, new Map(), quantizationConfig("nf4"));
    expect(quantizationOf(checkpoint)).toBeUndefined();
    expect((await openQuantizedLinears(checkpoint)).size).toBe(0);
  });

  it("reads absmax that are not nested, and the file's own table", async () => {
    // codes 0 and 15 in every byte: the first and last value of the table, times 2
    const table = Float32Array.from({ length: 16 }, (_, i) => (i === 15 ? 0.5 : -0.25));
    const tensors = damaged(nf4("nf4", false), (all) => {
      replaced(W, new Uint8Array(2048).fill(0x0f), [2048, 1])(all);
      replaced(`${W}.absmax`, new Float32Array(64).fill(2), [64])(all);
      replaced(`${W}.quant_map`, table, [16])(all);
    });
    const linear = (await openQuantizedLinears(memoryCheckpoint(tensors))).get(W) as StoredFourBit;
    expect(linear).toMatchObject({ nested: false, blockSize: 64, dtype: "f16" });
    const blocks = { packed: await linear.readPacked(), absmax: await linear.readAbsmax() };
    const options = { count: 4096, codebook: linear.codebook, roundTo: linear.dtype };
    expect([...decodeFourBit(blocks, options).subarray(0, 3)]).toEqual([-0.5, 1, -0.5]);
    expect(await linear.readNestedAbsmax?.()).toBeUndefined();
  });

  it("accepts codes that were stored as items of another width", async () => {
    const codes = (tensors: Map<string, TensorValues>) => {
      const { bytes } = tensors.get(W)!;
      tensors.set(W, { name: W, dtype: "bf16", shape: [1024, 1], bytes });
    };
    const checkpoint = memoryCheckpoint(damaged(nf4(), codes));
    const linear = (await openQuantizedLinears(checkpoint)).get(W) as StoredFourBit;
    expect(await linear.readPacked()).toHaveLength(2048);
  });

  it("leaves linears float that the config lists, and no others", async () => {
    const tensors = damaged(int8, (all) => {
      for (const key of [`${X}.SCB`, `${X}.weight_format`]) all.delete(key);
      all.set(W, floats(W, [64, 64]));
    });
    const config = quantizationConfig("int8", { skipped: ["mlp.up_proj"] });
    const checkpoint = memoryCheckpoint(tensors, new Map(), config);
    expect(quantizationOf(checkpoint)).toMatchObject({ floatLinears: [W] });
    expect([...(await openQuantizedLinears(checkpoint)).keys()]).not.toContain(W);
    expect(
      await problemsOf(memoryCheckpoint(tensors, new Map(), quantizationConfig("int8"))),
    ).toEqual([
      `tensor "${W}" in m/w: expected a quantized weight as the other linears', got f32 (a linear that stays float is listed in llm_int8_skip_modules or ignore)`,
    ]);
  });

  it("gives int4 zero points whether the file has bytes or words of 8 rows", async () => {
    // zero point of row r, block g, worked from the signed form: r - 8 for block 0, 7 - r for block 1
    const signed = Int8Array.from({ length: 128 }, (_, i) =>
      i % 2 === 0 ? ((i >> 1) % 16) - 8 : 7 - ((i >> 1) % 16),
    );
    const words = new Uint32Array(16);
    for (let row = 0; row < 64; row++)
      for (let block = 0; block < 2; block++)
        words[(row >> 3) * 2 + block]! |= (signed[2 * row + block]! + 8) << (4 * (row % 8));
    const key = `${X}.weight_zero_point`;
    for (const change of [
      replaced(key, signed, [64, 2], "i8"),
      replaced(key, words, [8, 2], "i32"),
    ]) {
      const checkpoint = memoryCheckpoint(damaged(int4(false), change));
      const linear = (await openQuantizedLinears(checkpoint)).get(W) as StoredInt4;
      const zeroPoints = (await linear.readZeroPoints())!;
      // low nibble r, high nibble 15 - r
      expect([...zeroPoints.subarray(0, 3)]).toEqual([0xf0, 0xe1, 0xd2]);
      expect(zeroPoints).toHaveLength(64);
    }
  });

  it("int4 blocks come back as they were encoded", async () => {
    const values = weightsOf(
      4096,
      linears.findIndex(([name]) => name === W),
    );
    const options = { cols: 64, blockSize: 32, scaleDtype: "f16", symmetric: false } as const;
    const encoded = encodeInt4(values, { ...options, method: "rtn" });
    const checkpoint = memoryCheckpoint(damaged(int4(false), () => {}));
    const linear = (await openQuantizedLinears(checkpoint)).get(W) as StoredInt4;
    expect(linear).toMatchObject({ blockSize: 32, symmetric: false, scaleDtype: "f16" });
    const blocks = {
      packed: await linear.readPacked(),
      scales: await linear.readScales(),
      zeroPoints: await linear.readZeroPoints(),
    };
    expect(blocks).toEqual(encoded);
    const worst = decodeInt4(blocks, options).map((value, i) => Math.abs(value - values[i]!));
    expect(Math.max(...worst)).toBeLessThan(2 / 15);
  });

  it.each<[string, Make, (tensors: Map<string, TensorValues>) => void, string]>([
    ["no absmax", nf4(), without(`${W}.absmax`), `tensor "${W}.absmax" is missing`],
    ["no table", nf4(), without(`${W}.quant_map`), `tensor "${W}.quant_map" is missing`],
    ["no codes", nf4(), without(W), `tensor "${W}" is missing (the 4-bit codes)`],
    ["no nested absmax", nf4(), without(`${W}.nested_absmax`), `"${W}.nested_absmax" is missing`],
    [
      "no state",
      nf4(),
      without(`${W}.quant_state.bitsandbytes__nf4`),
      `"${W}.quant_state.bitsandbytes__nf4" is missing`,
    ],
    [
      "absmax of another length",
      nf4(),
      replaced(`${W}.absmax`, new Uint8Array(63), [63]),
      `tensor "${W}.absmax" in m/w: expected 64 of u8 (one absmax for each 64 of 4096 weights), got u8 [63]`,
    ],
    [
      "codes of another size",
      nf4(),
      replaced(W, new Uint8Array(2047), [2047, 1]),
      `tensor "${W}" in m/w: expected 2048 bytes (two of 4096 codes a byte), got 2047`,
    ],
    [
      "a table of 15",
      nf4(),
      replaced(`${W}.quant_map`, new Float32Array(15), [15]),
      "expected 16 of f32",
    ],
    [
      "a table with NaN",
      nf4(),
      replaced(`${W}.quant_map`, new Float32Array(16).fill(NaN), [16]),
      `tensor "${W}.quant_map" in m/w: expected finite values`,
    ],
    [
      "a nested table with infinity",
      nf4(),
      replaced(`${W}.nested_quant_map`, new Float32Array(256).fill(Infinity), [256]),
      `tensor "${W}.nested_quant_map" in m/w: expected finite values`,
    ],
    ["a state that is no JSON", nf4(), state("{"), 'bitsandbytes__nf4" in m/w: expected JSON'],
    [
      "a state that is no object",
      nf4(),
      state("null"),
      'bitsandbytes__nf4" in m/w: expected JSON of an object, got null',
    ],
    [
      "a state whose values are of other kinds",
      nf4(),
      state('{"quant_type": 4, "blocksize": 0.5, "dtype": "float16", "shape": [64, 0]}'),
      "m/w: expected quant_type as text, got 4; expected blocksize as an integer, got 0.5; expected shape.1 as at least 1, got 0",
    ],
    [
      "a state without its values",
      nf4(),
      state('{"shape": [64], "nested_offset": "0.1"}'),
      'expected quant_type as text, got nothing; expected blocksize as an integer, got nothing; expected dtype as text, got nothing; expected shape as two integers, got [64]; expected nested_offset as a number, got "0.1"',
    ],
    ...([1e39, -1e300] as const).map(
      (offset) =>
        [
          `an offset of ${offset}, infinite in float32`,
          nf4(),
          state(stateWithOffset(offset)),
          `expected a finite offset of the absmax, got ${offset}`,
        ] as [string, Make, (tensors: Map<string, TensorValues>) => void, string],
    ),
    [
      "a NaN offset",
      nf4(),
      state(
        '{"quant_type": "nf4", "blocksize": 64, "dtype": "float16", "shape": [64, 64], "nested_offset": NaN}',
      ),
      "got something else (a NaN offset)",
    ],
    [
      "no offset",
      nf4(),
      state('{"quant_type": "nf4", "blocksize": 64, "dtype": "float16", "shape": [64, 64]}'),
      "expected nested_offset, got none",
    ],
    [
      "a block size that no kernel has",
      nf4(),
      state(
        '{"quant_type": "nf4", "blocksize": 48, "dtype": "float16", "shape": [64, 64], "nested_offset": 0}',
      ),
      "expected blocksize of 32, 64",
    ],
    [
      "the state of another shape",
      nf4(),
      state(
        '{"quant_type": "nf4", "blocksize": 64, "dtype": "float16", "shape": [32, 128], "nested_offset": 0}',
      ),
      "expected a quant_state for shape [64, 64], got [32, 128]",
    ],
    [
      "a state of another type than its key",
      nf4(),
      state(
        '{"quant_type": "fp4", "blocksize": 64, "dtype": "float16", "shape": [64, 64], "nested_offset": 0}',
      ),
      'expected the quant_type of its key, got "fp4"',
    ],
    [
      "an unknown dtype",
      nf4(),
      state(
        '{"quant_type": "nf4", "blocksize": 64, "dtype": "float8", "shape": [64, 64], "nested_offset": 0}',
      ),
      'got "float8"',
    ],
    ["a state of a megabyte", nf4(), state(" ".repeat(1 << 20)), "of at most 4096 bytes"],
    [
      "an unknown quant_type",
      nf4(),
      (all) => {
        const key = `${W}.quant_state.bitsandbytes__nf4`;
        const { bytes, shape, dtype } = all.get(key)!;
        all.delete(key);
        all.set(`${W}.quant_state.bitsandbytes__af4`, {
          name: `${W}.quant_state.bitsandbytes__af4`,
          bytes,
          shape,
          dtype,
        });
      },
      'expected quant_type nf4 or fp4, got "af4"',
    ],
    [
      "int8 codes without scales",
      int8,
      without(`${X}.SCB`),
      `tensor "${X}.SCB" is missing (the row scales of its int8 codes, which mean nothing without them. quantize(8) followed by save_pretrained loses them`,
    ],
    ["scales without codes", int8, without(W), `tensor "${W}" is missing (the int8 codes)`],
    [
      "scales of another length",
      int8,
      replaced(`${X}.SCB`, new Float32Array(65), [65]),
      "expected 64 of f32 or f16 or bf16 (a scale for each row), got f32 [65]",
    ],
    [
      "transposed int8 codes",
      int8,
      replaced(W, new Int8Array(4096), [32, 128]),
      "expected i8 [64, 64] (it has int8 scales beside it), got i8 [32, 128]",
    ],
    [
      "tiles of Turing",
      int8,
      replaced(`${X}.weight_format`, Uint8Array.of(2), []),
      'expected weight_format "row", got "col_turing" (tiles of a model that was saved after it had run',
    ],
    [
      "an unknown weight format",
      int8,
      replaced(`${X}.weight_format`, Uint8Array.of(9), []),
      'expected weight_format "row", got "9" (not a weight format of bitsandbytes)',
    ],
    ["no int4 codes", int4(), without(`${X}.weight_packed`), `"${X}.weight_packed" is missing`],
    ["no int4 scales", int4(), without(`${X}.weight_scale`), `"${X}.weight_scale" is missing`],
    ["no int4 shape", int4(), without(`${X}.weight_shape`), `"${X}.weight_shape" is missing`],
    [
      "int4 codes of another size",
      int4(),
      replaced(`${X}.weight_packed`, new Int32Array(64 * 7), [64, 7]),
      "expected 512 of i32 (8 codes a word), got i32 [64, 7]",
    ],
    [
      "a scale for each row",
      int4(),
      replaced(`${X}.weight_scale`, new Float32Array(64 * 4), [64, 4], "f32"),
      "expected groups of 32, 64, 128, got 16",
    ],
    [
      "another shape told",
      int4(),
      replaced(`${X}.weight_shape`, BigInt64Array.of(64n, 128n), [2]),
      `tensor "${X}.weight_shape" in m/w: expected [64, 64], got [64, 128]`,
    ],
    [
      "zero points of another size",
      int4(false),
      replaced(`${X}.weight_zero_point`, new Int32Array(14), [7, 2]),
      "expected 16 of i32 or i8 (zero points of 8 rows a word)",
    ],
    [
      "groups in an order of their own",
      int4(),
      replaced(`${X}.weight_g_idx`, new Int32Array(64), [64], "i32"),
      "expected groups in order, got actorder",
    ],
    [
      "one linear in two layouts",
      int8,
      (all) => {
        for (const tensor of int4()(W, weightsOf(4096, 0), [64, 64])) all.set(tensor.name, tensor);
      },
      `"${W}": expected one weight, got it as llm-int8 and as pack-quantized`,
    ],
    [
      "a linear both quantized and float",
      int4(),
      (all) => all.set(W, floats(W, [64, 64])),
      `"${W}": expected one weight, got it as pack-quantized and as float`,
    ],
    [
      "a linear in another format",
      int8,
      (all) => {
        for (const key of [`${X}.SCB`, `${X}.weight_format`, W]) all.delete(key);
        for (const tensor of nf4()(W, weightsOf(4096, 0), [64, 64])) all.set(tensor.name, tensor);
      },
      `"${W}": expected int8 as the linears before it, got nf4`,
    ],
    [
      "a linear that is not there",
      nf4(),
      (all) => {
        for (const key of all.keys()) if (key.startsWith(X)) all.delete(key);
      },
      `tensor "${W}" [64, 64] is missing`,
    ],
    [
      "a quantized head",
      int8,
      replaced("lm_head.weight", new Int8Array(256), [4, 64], "i8"),
      'tensor "lm_head.weight" in m/w: expected dtype bf16, f16 or f32, got i8',
    ],
    [
      "a part of no linear",
      int8,
      replaced("model.layers.1.mlp.up_proj.SCB", new Float32Array(64), [64], "f32"),
      'tensor "model.layers.1.mlp.up_proj.SCB" [64] in m/w does not belong to the network',
    ],
  ])("refuses %s", async (_, make, change, message) => {
    const problems = await problemsOf(memoryCheckpoint(damaged(make, change)));
    expect(problems.join("\n")).toContain(message);
    expect(problems).toHaveLength(1);
  });

  it("lists damage of several linears, of heads and of contents, at once", async () => {
    const tensors = damaged(nf4(), (all) => {
      without("model.norm.weight")(all);
      without("model.layers.0.self_attn.o_proj.weight.absmax")(all);
      replaced(`${W}.quant_map`, new Float32Array(16).fill(NaN), [16])(all);
      state("null")(all);
      replaced(
        "model.layers.0.mlp.down_proj.weight.quant_map",
        new Float32Array(16).fill(NaN),
        [16],
      )(all);
    });
    const problems = await problemsOf(memoryCheckpoint(tensors));
    expect(problems).toHaveLength(4);
    for (const part of ["norm.weight", "o_proj.weight.absmax", W, "down_proj.weight.quant_map"])
      expect(problems.join("\n")).toContain(part);
  });

  it.each<[string, Make, Record<string, unknown>, string]>([
    [
      "4 bits",
      int8,
      quantizationConfig("nf4"),
      "expected load_in_8bit for int8 tensors, got load_in_4bit",
    ],
    [
      "8 bits",
      nf4(),
      quantizationConfig("int8"),
      "expected load_in_4bit for nf4 tensors, got load_in_8bit",
    ],
    ["another method", int8, { quant_method: "gptq", bits: 8 }, 'got "gptq"'],
    [
      "8-bit groups",
      int4(),
      {
        quant_method: "compressed-tensors",
        config_groups: { group_0: { weights: { num_bits: 8, type: "int", strategy: "group" } } },
      },
      "config_groups.group_0: expected 4-bit int weights in groups, got 8-bit int by group",
    ],
    [
      "another format",
      int4(),
      { quant_method: "compressed-tensors", format: "int-quantized" },
      'expected format "pack-quantized", got "int-quantized"',
    ],
    [
      "settings of another type",
      int4(),
      { quant_method: "compressed-tensors", ignore: "lm_head" },
      "quantization_config of config.json: ignore",
    ],
  ])("refuses a config that says %s", async (_, make, config, message) => {
    const checkpoint = memoryCheckpoint(
      damaged(make, () => {}),
      new Map(),
      config,
    );
    expect(() => checkWeights(checkpoint)).toThrow(message);
    expect((await problemsOf(checkpoint)).join("\n")).toContain(message);
  });

  it("misses zero points that the config promises", async () => {
    const config = quantizationConfig("int4", { symmetric: false });
    const checkpoint = memoryCheckpoint(
      damaged(int4(), () => {}),
      new Map(),
      config,
    );
    const problems = await problemsOf(checkpoint);
    expect(problems).toHaveLength(5);
    expect(problems).toContain(
      `tensor "${X}.weight_zero_point" is missing (config.json says symmetric: false)`,
    );
  });

  it("refuses scales that are no numbers when they are read", async () => {
    const open = async (make: Make, key: string, bytes: ArrayBufferView, shape: number[]) => {
      const checkpoint = memoryCheckpoint(damaged(make, replaced(key, bytes, shape)));
      return (await openQuantizedLinears(checkpoint)).get(W)!;
    };
    const nan = new Float32Array(64).fill(NaN);
    const linear = await open(int8, `${X}.SCB`, nan, [64]);
    if (linear.format !== "int8") throw new Error("expected int8");
    await expect(linear.readSCB()).rejects.toThrow(
      `m/w: tensor "${X}.SCB": expected finite values of at least 0, got NaN at index 0`,
    );
    for (const [double, key, size] of [
      [false, `${W}.absmax`, 64],
      [true, `${W}.nested_absmax`, 1],
    ] as const) {
      const four = await open(nf4("nf4", double), key, nan.slice(0, size), [size]);
      if (four.format !== "nf4") throw new Error("expected nf4");
      await expect(four.readAbsmax()).rejects.toThrow(`tensor "${key}": expected finite values`);
    }
    const half = new Uint16Array(128).fill(0x7e00);
    const four = await open(int4(), `${X}.weight_scale`, half, [64, 2]);
    if (four.format !== "int4") throw new Error("expected int4");
    await expect(four.readScales()).rejects.toThrow("expected finite values, got NaN");
  });

  it("rounds the offset to float32, which its writer had", async () => {
    // The double nearest to 0.1 is 0.1000000000000000055…, the float32 nearest to it 0.100000001490116…
    const tensors = damaged(nf4(), state(stateWithOffset(0.1)));
    const linear = (await openQuantizedLinears(memoryCheckpoint(tensors))).get(W) as StoredFourBit;
    expect((await linear.readNestedAbsmax?.())?.offset).toBe(0.10000000149011612);
  });

  describe("refuses numbers that make infinite weights when they are read:", () => {
    const absmaxOf = async (
      make: Make,
      ...changes: ((tensors: Map<string, TensorValues>) => void)[]
    ) => {
      const tensors = damaged(make, (all) => changes.forEach((change) => change(all)));
      const linears = await openQuantizedLinears(memoryCheckpoint(tensors));
      return (linears.get(W) as StoredFourBit).readAbsmax();
    };
    const all = (key: string, value: number, length: number) =>
      replaced(key, new Float32Array(length).fill(value), [length], "f32");
    const [absmax, nestedAbsmax] = [`${W}.absmax`, `${W}.nested_absmax`];
    const message = (actual: string) =>
      new RegExp(
        `^m/w: tensor "${W}\\.absmax": expected finite values below 65520, got ${actual} at index \\d+ \\(`,
      );

    it.each<[string, ((tensors: Map<string, TensorValues>) => void)[], string]>([
      ["an offset", [state(stateWithOffset(3e38))], "[\\d.]+e\\+38"],
      ["a nested absmax", [all(nestedAbsmax, 3.4e38, 1)], "-?[\\d.]+e\\+3\\d"],
      ["a nested absmax above float16", [all(nestedAbsmax, 70_000, 1)], "-?[\\d.]+"],
    ])("%s", async (_, changes, actual) => {
      await expect(absmaxOf(nf4(), ...changes)).rejects.toThrow(message(actual));
    });

    it("a map times an absmax that overflow float32", async () => {
      const changes = [all(`${W}.nested_quant_map`, 1e30, 256), all(nestedAbsmax, 1e30, 1)];
      await expect(absmaxOf(nf4(), ...changes)).rejects.toThrow(
        `m/w: tensor "${absmax}": expected finite values, got Infinity at index 0`,
      );
    });

    it("an absmax in full, and one times the table's largest value", async () => {
      const plain = nf4("nf4", false);
      await expect(absmaxOf(plain, all(absmax, 65_520, 64))).rejects.toThrow(message("65520"));
      expect(await absmaxOf(plain, all(absmax, 65_504, 64))).toHaveLength(64);
      // 40 000 · 2 = 80 000 is infinite in float16
      const table = replaced(
        `${W}.quant_map`,
        Float32Array.from(NF4_CODEBOOK, (value) => 2 * value),
        [16],
      );
      await expect(absmaxOf(plain, table, all(absmax, 40_000, 64))).rejects.toThrow(
        "expected finite values below 32760, got 40000",
      );
    });

    it("what float16 cannot hold is well in a bfloat16", async () => {
      const plain = nf4("nf4", false);
      const text = `{"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [64, 64]}`;
      expect(await absmaxOf(plain, state(text), all(absmax, 1e30, 64))).toHaveLength(64);
    });

    it("row scales of int8, and scales of int4", async () => {
      const SCB = damaged(int8, all(`${X}.SCB`, 3.4e38, 64));
      const rows = (await openQuantizedLinears(memoryCheckpoint(SCB))).get(W) as StoredInt8;
      await expect(rows.readSCB()).rejects.toThrow(
        /^m\/w: tensor "[\w.]+\.SCB": expected finite values of at least 0 and below 65520, got 3\.\d+e\+38 at/,
      );
      const scales = replaced(
        `${X}.weight_scale`,
        new Float32Array(128).fill(3e38),
        [64, 2],
        "f32",
      );
      const four = memoryCheckpoint(damaged(int4(), scales));
      const blocks = (await openQuantizedLinears(four)).get(W) as StoredInt4;
      await expect(blocks.readScales()).rejects.toThrow("expected finite values below 2.26");
    });
  });

  it("stops when it is aborted", async () => {
    const checkpoint = memoryCheckpoint(damaged(nf4(), () => {}));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(openQuantizedLinears(checkpoint, { signal })).rejects.toThrow("enough");
  });
});
