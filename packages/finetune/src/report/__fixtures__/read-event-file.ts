/** A reader of event files that shares nothing with the writer: crc bit by bit, protobuf by hand. */

/** An event, as far as tests look at it. */
export interface ReadEvent {
  wallTime: number;
  step: number;
  fileVersion?: string;
  /** Scalars by tag. */
  scalars: Record<string, number>;
  /** Texts by tag, with the name of the plugin that shows them. */
  texts: Record<string, { plugin: string; text: string }>;
}

/** CRC-32C (Castagnoli), reflected: polynomial 0x82f63b78. */
export function crc32cBitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Data of the records of a file; throws where a crc is wrong. */
export function readRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    check(file.subarray(at, at + 8), file.readUInt32LE(at + 8));
    check(data, file.readUInt32LE(at + 12 + length));
    records.push(data);
    at += length + 16;
  }
  return records;
}

/** Undoes the mask, as readers do. */
function check(bytes: Uint8Array, masked: number): void {
  const turned = (masked - 0xa282ead8) >>> 0;
  const crc = ((turned << 15) | (turned >>> 17)) >>> 0;
  const expected = crc32cBitwise(bytes);
  if (crc !== expected) throw new Error(`expected crc ${expected}, got ${crc}`);
}

/** Events of a file. */
export function readEventFile(file: Buffer): ReadEvent[] {
  return readRecords(file).map(readEvent);
}

function readEvent(data: Buffer): ReadEvent {
  const event: ReadEvent = { wallTime: 0, step: 0, scalars: {}, texts: {} };
  for (const { id, value } of fieldsOf(data)) {
    if (id === 1) event.wallTime = (value as Buffer).readDoubleLE();
    if (id === 2) event.step = value as number;
    if (id === 3) event.fileVersion = String(value);
    if (id === 5) for (const one of fieldsOf(value as Buffer)) readValue(one.value as Buffer, event);
  }
  return event;
}

function readValue(data: Buffer, event: ReadEvent): void {
  const fields = new Map(fieldsOf(data).map(({ id, value }) => [id, value]));
  const tag = String(fields.get(1));
  const simple = fields.get(2);
  if (simple) event.scalars[tag] = (simple as Buffer).readFloatLE();
  const [tensor, metadata] = [fields.get(8), fields.get(9)] as (Buffer | undefined)[];
  if (!tensor || !metadata) return;
  const plugin = String(inside(inside(metadata, 1), 1));
  event.texts[tag] = { plugin, text: String(inside(tensor, 8)) };
}

function inside(data: Buffer, id: number): Buffer {
  return fieldsOf(data).find((field) => field.id === id)?.value as Buffer;
}

/** Fields of a protobuf message: varints as numbers, all else as bytes. */
function fieldsOf(data: Buffer): { id: number; value: number | Buffer }[] {
  const fields: { id: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = data[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < data.length) {
    const key = varint();
    const wire = key & 7;
    if (wire === 0) {
      fields.push({ id: key >>> 3, value: varint() });
      continue;
    }
    const length = wire === 1 ? 8 : wire === 5 ? 4 : varint();
    fields.push({ id: key >>> 3, value: data.subarray(at, at + length) });
    at += length;
  }
  return fields;
}
