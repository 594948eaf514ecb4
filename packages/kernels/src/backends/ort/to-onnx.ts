import { UnsupportedError } from "../../graph/errors.ts";
import type { Graph, Value } from "../../graph/graph.ts";
import { liveNodes } from "../../graph/live-nodes.ts";
import type { OnnxAttribute, OnnxWriter } from "../../ops/onnx-lowering.ts";
import { onnxLowerings } from "../../ops/rooms.ts";
import { encodeModelProto, ONNX_ATTRIBUTE, ONNX_DTYPE } from "./onnx-schema.ts";
import { lookupsOf, sessionInputs, type SessionInput } from "./lookups.ts";
import type { StoredInitializer } from "./weight-store.ts";

/** IR version and opsets that ONNX Runtime 1.30 reads; contrib ops have a version line of their own. */
const IR_VERSION = 10;
const OPSETS = [
  { domain: "", version: 21 },
  { domain: "com.microsoft", version: 1 },
];

/**
 * Writes a graph as an ONNX model whose weights are external data, and whose lookups are inputs (`sessionInputs`).
 *
 * @param initializers - Names, types and places of the weights' parts, as `storeWeights` gives them.
 * @returns bytes of a ModelProto.
 * @throws {UnsupportedError} for an op without an ONNX lowering.
 */
export function toOnnx(graph: Graph, initializers: readonly StoredInitializer[]): Uint8Array {
  const names = valueNames(graph);
  const formats = new Map(graph.weights.map(({ id, format }) => [id, format]));
  const nodes: object[] = [];
  const constants = new Map<string, object>();
  const unsigned = new Set(
    initializers.filter(({ dtype }) => dtype === "u8").map(({ name }) => name),
  );
  const writer = createWriter(nodes, constants, unsigned);
  const lookups = new Map(lookupsOf(graph).map(({ node, rows }) => [node, rows]));

  for (const node of liveNodes(graph)) {
    const rows = lookups.get(node);
    if (rows) {
      writer.node("Identity", [rows.name], node.outputs.map(names));
      continue;
    }
    const lower = onnxLowerings[node.op];
    if (!lower) throw new UnsupportedError("ort", `op "${node.op}"`, "add an onnx.ts to its room");
    const inputs = node.inputs.map(names) as [string, string];
    const outputs = node.outputs.map(names) as [string];
    const declared = node.inputs.map(({ id, shape }) => ({ shape, format: formats.get(id) }));
    lower(writer, inputs, outputs, node.attributes, declared as never);
  }

  return encodeModelProto({
    irVersion: IR_VERSION,
    producerName: "@baichuan2/kernels",
    opsetImport: OPSETS,
    graph: {
      name: "baichuan2",
      node: nodes,
      initializer: [...initializers.map(externalTensor), ...constants.values()],
      input: sessionInputs(graph).map(valueInfo),
      output: [...graph.outputs].map(([name, { dtype, shape }]) =>
        valueInfo({ name, dtype, shape }),
      ),
    },
  });
}

/** Names inputs, weights and outputs as the graph does, and everything between by number. */
function valueNames(graph: Graph): (value: Value) => string {
  const names = new Map<number, string>();
  for (const [name, { id }] of graph.outputs) names.set(id, name);
  for (const { id, name = "" } of [...graph.inputs, ...graph.weights]) names.set(id, name);
  return ({ id }) => names.get(id) ?? `value_${id}`;
}

function createWriter(
  nodes: object[],
  constants: Map<string, object>,
  unsigned: ReadonlySet<string>,
): OnnxWriter {
  let temporaries = 0;
  return {
    node(opType, input, output, attributes = {}, domain = "") {
      const attribute = Object.entries(attributes).map(([name, value]) =>
        attributeProto(name, value),
      );
      nodes.push({ name: `${opType}_${nodes.length}`, opType, domain, input, output, attribute });
    },
    constant(dtype, values, shape) {
      const content = new Set(values).size === 1 ? values[0] : values.join("_");
      const name = `const_${dtype}_${shape.join("x")}_${content}`;
      const rawData = new Uint8Array(CONSTANT_ARRAYS[dtype](values).buffer);
      constants.set(name, { name, dims: shape, dataType: ONNX_DTYPE[dtype], rawData });
      return name;
    },
    dtype: (name) => ONNX_DTYPE[name],
    byteDType: (part) => (unsigned.has(part) ? "u8" : "i8"),
    temporary: () => `temporary_${temporaries++}`,
  };
}

const CONSTANT_ARRAYS = {
  f32: (values: readonly number[]) => Float32Array.from(values),
  i64: (values: readonly number[]) => BigInt64Array.from(values, BigInt),
  u8: (values: readonly number[]) => Uint8Array.from(values),
  i8: (values: readonly number[]) => Int8Array.from(values),
};

function attributeProto(name: string, value: OnnxAttribute): object {
  if ("int" in value) return { name, i: value.int, type: ONNX_ATTRIBUTE.int };
  if ("float" in value) return { name, f: value.float, type: ONNX_ATTRIBUTE.float };
  if ("ints" in value) return { name, ints: value.ints, type: ONNX_ATTRIBUTE.ints };
  return { name, s: new TextEncoder().encode(value.string), type: ONNX_ATTRIBUTE.string };
}

function externalTensor({ name, dtype, dims, location }: StoredInitializer): object {
  const EXTERNAL = 1;
  const { file, offset, sizeBytes } = location;
  const entries = { location: file, offset: String(offset), length: String(sizeBytes) };
  return {
    name,
    dims,
    dataType: ONNX_DTYPE[dtype],
    dataLocation: EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
  };
}

function valueInfo({ name, dtype, shape }: SessionInput): object {
  const dim = shape.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: ONNX_DTYPE[dtype], shape: { dim } } } };
}
