import { UnsupportedError } from "../../graph/errors.ts";
import type { Graph, Value, Weight } from "../../graph/graph.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import type { OnnxAttribute, OnnxWriter } from "../../ops/onnx-lowering.ts";
import { onnxLowerings } from "../../ops/rooms.ts";
import { encodeModelProto, ONNX_ATTRIBUTE, ONNX_DTYPE } from "./onnx-schema.ts";

/** Where a weight's bytes lie: a file name beside the model, byte offset and length. */
export interface WeightLocation {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** IR version and opsets that ONNX Runtime 1.30 reads; contrib ops have a version line of their own. */
const IR_VERSION = 10;
const OPSETS = [
  { domain: "", version: 21 },
  { domain: "com.microsoft", version: 1 },
];

/**
 * Writes a graph as an ONNX model whose weights are external data.
 *
 * @param locate - Where each weight's bytes are.
 * @returns bytes of a ModelProto.
 * @throws {UnsupportedError} for an op without an ONNX lowering.
 */
export function toOnnx(graph: Graph, locate: (weight: Weight) => WeightLocation): Uint8Array {
  const names = valueNames(graph);
  const nodes: object[] = [];
  const constants = new Map<string, object>();
  const writer = createWriter(nodes, constants);

  for (const node of graph.nodes) {
    const lower = onnxLowerings[node.op];
    if (!lower) throw new UnsupportedError("ort", `op "${node.op}"`, "add an onnx.ts to its room");
    const inputs = node.inputs.map(names) as [string, string];
    const outputs = node.outputs.map(names) as [string];
    lower(
      writer,
      inputs,
      outputs,
      node.attributes,
      node.inputs.map((input) => input.shape),
    );
  }

  return encodeModelProto({
    irVersion: IR_VERSION,
    producerName: "@baichuan2/kernels",
    opsetImport: OPSETS,
    graph: {
      name: "baichuan2",
      node: nodes,
      initializer: [
        ...graph.weights.map((weight) => externalTensor(weight, locate(weight))),
        ...constants.values(),
      ],
      input: graph.inputs.map((input) => valueInfo(names(input), input)),
      output: [...graph.outputs].map(([name, value]) => valueInfo(name, value)),
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

function createWriter(nodes: object[], constants: Map<string, object>): OnnxWriter {
  let temporaries = 0;
  return {
    node(opType, input, output, attributes = {}, domain = "") {
      const attribute = Object.entries(attributes).map(([name, value]) =>
        attributeProto(name, value),
      );
      nodes.push({ name: `${opType}_${nodes.length}`, opType, domain, input, output, attribute });
    },
    constant(dtype, values, shape) {
      const name = `const_${dtype}_${shape.join("x")}_${values.join("_")}`;
      const bytes =
        dtype === "f32" ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
      const rawData = new Uint8Array(bytes.buffer);
      constants.set(name, { name, dims: shape, dataType: ONNX_DTYPE[dtype], rawData });
      return name;
    },
    temporary: () => `temporary_${temporaries++}`,
  };
}

function attributeProto(name: string, value: OnnxAttribute): object {
  if ("int" in value) return { name, i: value.int, type: ONNX_ATTRIBUTE.int };
  if ("float" in value) return { name, f: value.float, type: ONNX_ATTRIBUTE.float };
  if ("ints" in value) return { name, ints: value.ints, type: ONNX_ATTRIBUTE.ints };
  return { name, s: new TextEncoder().encode(value.string), type: ONNX_ATTRIBUTE.string };
}

function externalTensor(weight: Weight, { file, offset, sizeBytes }: WeightLocation): object {
  const EXTERNAL = 1;
  const entries = { location: file, offset: String(offset), length: String(sizeBytes) };
  return {
    name: weight.name,
    dims: weight.shape,
    dataType: ONNX_DTYPE.f32,
    dataLocation: EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
  };
}

function valueInfo(name: string, { dtype, shape }: TensorType): object {
  const dim = shape.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: ONNX_DTYPE[dtype], shape: { dim } } } };
}
