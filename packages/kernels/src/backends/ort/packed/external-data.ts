import protobuf from "protobufjs/light.js";

/**
 * Where the initializers of a model lie. This schema names only what leads there: protobufjs keeps the fields that it
 * does not name, byte by byte, so a model that onnxruntime wrote survives being rewritten.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    onnx: {
      nested: {
        ModelProto: { fields: { graph: { type: "GraphProto", id: 7 } } },
        GraphProto: {
          fields: {
            node: { rule: "repeated", type: "NodeProto", id: 1 },
            initializer: { rule: "repeated", type: "TensorProto", id: 5 },
          },
        },
        NodeProto: { fields: { input: { rule: "repeated", type: "string", id: 1 } } },
        TensorProto: {
          fields: {
            name: { type: "string", id: 8 },
            externalData: { rule: "repeated", type: "StringStringEntryProto", id: 13 },
          },
        },
        StringStringEntryProto: {
          fields: { key: { type: "string", id: 1 }, value: { type: "string", id: 2 } },
        },
      },
    },
  },
});

/** A range of bytes of the external file. */
export interface ByteRange {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A matrix as a kernel packed it. */
export interface PackedEntry {
  /** Name of the entry: `prepacked_0`. */
  readonly entry: string;
  /** Operator and hash, by which onnxruntime finds it. */
  readonly key: string;
  readonly blobs: readonly ByteRange[];
}

/** Where one initializer lies. */
export interface ExternalTensor {
  readonly name: string;
  /** File name beside the model. */
  readonly file: string;
  readonly raw: ByteRange;
  /** Empty where no kernel packs it. */
  readonly packed: readonly PackedEntry[];
}

/**
 * Moves the external initializers of a model.
 *
 * @param model - A ModelProto.
 * @param move - Gives the new place of each; called in the model's order.
 * @returns the ModelProto with the new places.
 */
export function moveExternalTensors(
  model: Uint8Array,
  move: (tensor: ExternalTensor) => ExternalTensor,
): Uint8Array {
  const message = decode(model);
  for (const tensor of message.graph.initializer)
    if (tensor.externalData.length > 0) tensor.externalData = entriesOf(move(tensorOf(tensor)));
  return root.lookupType("onnx.ModelProto").encode(message).finish();
}

/** The external initializers of a model, by name. */
export function externalTensors(model: Uint8Array): Map<string, ExternalTensor> {
  const tensors = decode(model).graph.initializer.filter(
    (tensor) => tensor.externalData.length > 0,
  );
  return new Map(tensors.map((tensor) => [tensor.name, tensorOf(tensor)]));
}

/** How often each name is an input of a node of the model. */
export function inputUses(model: Uint8Array): Map<string, number> {
  const uses = new Map<string, number>();
  for (const { input } of decode(model).graph.node)
    for (const name of input) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

function decode(model: Uint8Array): ModelMessage {
  const reader = protobuf.Reader.create(model);
  reader.discardUnknown = false;
  return root.lookupType("onnx.ModelProto").decode(reader) as ModelMessage;
}

interface ModelMessage extends protobuf.Message {
  readonly graph: {
    readonly node: readonly { readonly input: readonly string[] }[];
    readonly initializer: readonly TensorMessage[];
  };
}

interface TensorMessage {
  readonly name: string;
  externalData: { readonly key: string; readonly value: string }[];
}

function tensorOf({ name, externalData }: TensorMessage): ExternalTensor {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  const packed = externalData.filter(({ key }) => key.startsWith("prepacked"));
  return {
    name,
    file: entries.get("location") ?? "",
    raw: { offset: Number(entries.get("offset") ?? 0), sizeBytes: Number(entries.get("length")) },
    packed: packed.map(({ key, value }) => packedEntryOf(key, value)),
  };
}

/** `key|offset;length;checksum|…`; onnxruntime writes 0 as the checksum and does not read it. */
function packedEntryOf(entry: string, value: string): PackedEntry {
  const [key = "", ...blobs] = value.split("|");
  return {
    entry,
    key,
    blobs: blobs.map((blob) => {
      const [offset, sizeBytes] = blob.split(";").map(Number) as [number, number];
      return { offset, sizeBytes };
    }),
  };
}

function entriesOf({ file, raw, packed }: ExternalTensor): TensorMessage["externalData"] {
  return [
    { key: "location", value: file },
    { key: "offset", value: String(raw.offset) },
    { key: "length", value: String(raw.sizeBytes) },
    ...packed.map(({ entry, key, blobs }) => {
      const places = blobs.map(({ offset, sizeBytes }) => `${offset};${sizeBytes};0`);
      return { key: entry, value: [key, ...places].join("|") };
    }),
  ];
}
