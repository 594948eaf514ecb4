import protobuf from "protobufjs/light.js";

/**
 * The part of ONNX's protobuf schema that this backend writes, as a protobufjs descriptor. Field numbers are those of
 * onnx.proto (IR version 10); readers ignore what is absent.
 */
const field = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: "repeated", type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    onnx: {
      nested: {
        ModelProto: {
          fields: {
            irVersion: field("int64", 1),
            producerName: field("string", 2),
            graph: field("GraphProto", 7),
            opsetImport: repeated("OperatorSetIdProto", 8),
          },
        },
        OperatorSetIdProto: { fields: { domain: field("string", 1), version: field("int64", 2) } },
        GraphProto: {
          fields: {
            node: repeated("NodeProto", 1),
            name: field("string", 2),
            initializer: repeated("TensorProto", 5),
            input: repeated("ValueInfoProto", 11),
            output: repeated("ValueInfoProto", 12),
          },
        },
        NodeProto: {
          fields: {
            input: repeated("string", 1),
            output: repeated("string", 2),
            name: field("string", 3),
            opType: field("string", 4),
            attribute: repeated("AttributeProto", 5),
            domain: field("string", 7),
          },
        },
        AttributeProto: {
          fields: {
            name: field("string", 1),
            f: field("float", 2),
            i: field("int64", 3),
            s: field("bytes", 4),
            ints: repeated("int64", 8),
            type: field("int32", 20),
          },
        },
        TensorProto: {
          fields: {
            dims: repeated("int64", 1),
            dataType: field("int32", 2),
            name: field("string", 8),
            rawData: field("bytes", 9),
            externalData: repeated("StringStringEntryProto", 13),
            dataLocation: field("int32", 14),
          },
        },
        StringStringEntryProto: { fields: { key: field("string", 1), value: field("string", 2) } },
        ValueInfoProto: { fields: { name: field("string", 1), type: field("TypeProto", 2) } },
        TypeProto: { fields: { tensorType: field("TensorTypeProto", 1) } },
        TensorTypeProto: {
          fields: { elemType: field("int32", 1), shape: field("TensorShapeProto", 2) },
        },
        TensorShapeProto: { fields: { dim: repeated("Dimension", 1) } },
        Dimension: { fields: { dimValue: field("int64", 1), dimParam: field("string", 2) } },
      },
    },
  },
});

/** Encodes a ModelProto given as a plain object with the field names above. */
export function encodeModelProto(model: Record<string, unknown>): Uint8Array {
  const ModelProto = root.lookupType("onnx.ModelProto");
  return ModelProto.encode(ModelProto.create(model)).finish();
}

/** TensorProto.DataType numbers. */
export const ONNX_DTYPE = { f32: 1, u8: 2, i8: 3, i32: 6, i64: 7, f16: 10, bf16: 16 } as const;

/** AttributeProto.AttributeType numbers. */
export const ONNX_ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;
