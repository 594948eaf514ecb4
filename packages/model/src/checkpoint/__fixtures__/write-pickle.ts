/** A small writer of pickles for tests: what Python would write, and what it never would. */

/** Calls of `[callee, args]`, names, tuples and the rest; plain values stand for themselves. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Pickled[]
  | { tuple: Pickled[] }
  | { dict: [Pickled, Pickled][] }
  | { global: string }
  | { call: Pickled; args: Pickled[] }
  | { make: Pickled; args: Pickled[]; state: Pickled }
  | { storage: string; key: string; elements: number; location?: string; legacyView?: Pickled }
  | { raw: number[] };

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
const u32 = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];

/** One pickle of protocol 2. */
export function writePickle(value: Pickled): Uint8Array {
  return Uint8Array.from([0x80, 2, ...encode(value), 0x2e]);
}

function encode(value: Pickled): number[] {
  if (value === null) return [0x4e];
  if (typeof value === "boolean") return [value ? 0x88 : 0x89];
  if (typeof value === "bigint") return [0x8a, ...longBytes(value)];
  if (typeof value === "number") {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return [0x4a, ...u32(value >>> 0)];
    if (Number.isInteger(value)) return [0x8a, ...longBytes(BigInt(value))];
    return [0x47, ...new Uint8Array(Float64Array.of(value).buffer).toReversed()];
  }
  if (typeof value === "string") {
    const text = ascii(value);
    return [0x58, ...u32(text.length), ...text];
  }
  if (Array.isArray(value)) return [0x5d, 0x28, ...value.flatMap(encode), 0x65];
  if ("tuple" in value) return [0x28, ...value.tuple.flatMap(encode), 0x74];
  if ("dict" in value) return [0x7d, 0x28, ...value.dict.flat().flatMap(encode), 0x75];
  if ("raw" in value) return value.raw;
  if ("global" in value) {
    const at = value.global.lastIndexOf(".");
    return [0x63, ...ascii(`${value.global.slice(0, at)}\n${value.global.slice(at + 1)}\n`)];
  }
  if ("call" in value) return [...encode(value.call), ...encode({ tuple: value.args }), 0x52];
  if ("make" in value)
    return [...encode(value.make), ...encode({ tuple: value.args }), 0x81, ...encode(value.state), 0x62];
  const { storage, key, elements, location = "cpu", legacyView } = value;
  const id: Pickled[] = ["storage", { global: `torch.${storage}Storage` }, key, location, elements];
  return [...encode({ tuple: legacyView === undefined ? id : [...id, legacyView] }), 0x51];
}

function longBytes(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest !== 0n; rest >>= 8n) bytes.push(Number(rest & 255n));
  if ((bytes.at(-1) ?? 0) >= 128) bytes.push(0);
  return [bytes.length, ...bytes];
}

/** `torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, False, OrderedDict())` */
export function pickledTensor(
  storage: Extract<Pickled, { storage: string }>,
  shape: Pickled[],
  strides: Pickled[],
  offset: Pickled = 0,
): Pickled {
  return {
    call: { global: "torch._utils._rebuild_tensor_v2" },
    args: [storage, offset, { tuple: shape }, { tuple: strides }, false, emptyOrderedDict],
  };
}

export const emptyOrderedDict: Pickled = { call: { global: "collections.OrderedDict" }, args: [] };
