import protobuf from "protobufjs/light.js";

/**
 * The part of TensorBoard's protobuf schema that is written here. Field numbers are those of event.proto, summary.proto,
 * tensor.proto and tensor_shape.proto.
 *
 * @see https://github.com/tensorflow/tensorboard/blob/ff9ca80c12f2468b1b45ea65833be78605704318/tensorboard/compat/proto/event.proto
 */
const field = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: "repeated", type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: field("double", 1),
        step: field("int64", 2),
        fileVersion: field("string", 3),
        summary: field("Summary", 5),
      },
    },
    Summary: { fields: { value: repeated("Value", 1) } },
    Value: {
      fields: {
        tag: field("string", 1),
        simpleValue: field("float", 2),
        tensor: field("TensorProto", 8),
        metadata: field("SummaryMetadata", 9),
      },
      // Fields of a oneof are written also where they are 0.
      oneofs: { value: { oneof: ["simpleValue", "tensor"] } },
    },
    SummaryMetadata: { fields: { pluginData: field("PluginData", 1) } },
    PluginData: { fields: { pluginName: field("string", 1) } },
    TensorProto: {
      fields: {
        dtype: field("int32", 1),
        tensorShape: field("TensorShapeProto", 2),
        stringVal: repeated("bytes", 8),
      },
    },
    TensorShapeProto: { fields: { dim: repeated("Dim", 2) } },
    Dim: { fields: { size: field("int64", 1) } },
  },
});

/** A value under a tag, as TensorBoard has it. */
export interface SummaryValue {
  readonly tag: string;
  readonly simpleValue?: number;
  readonly tensor?: object;
  readonly metadata?: object;
}

/** An event of an event file. */
export interface BoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly summary?: { readonly value: readonly SummaryValue[] };
}

/** Encodes an event. */
export function encodeEvent(event: BoardEvent): Uint8Array {
  const Event = root.lookupType("Event");
  return Event.encode(Event.create(event)).finish();
}

/** DataType DT_STRING. */
const DT_STRING = 7;

/** A text that TensorBoard shows as Markdown, as PyTorch's `add_text` writes it. */
export function textValue(tag: string, text: string): SummaryValue {
  return {
    tag: `${tag}/text_summary`,
    metadata: { pluginData: { pluginName: "text" } },
    tensor: {
      dtype: DT_STRING,
      tensorShape: { dim: [{ size: 1 }] },
      stringVal: [new TextEncoder().encode(text)],
    },
  };
}
