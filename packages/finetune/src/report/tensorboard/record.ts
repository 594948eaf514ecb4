import crc32c from "crc-32/crc32c.js";

/**
 * A record of a TFRecord file:
 *
 *   length uint64 | masked crc of length uint32 | data | masked crc of data uint32      (little-endian)
 *
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function recordOf(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(data.length + 16);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc(data), data.length + 12);
  return record;
}

/**
 * Crcs of data that hold crcs themselves are weak: it is turned by 15 bits and a constant is added.
 *
 * @see https://github.com/tensorflow/tensorboard/blob/ff9ca80c12f2468b1b45ea65833be78605704318/tensorboard/compat/tensorflow_stub/pywrap_tensorflow.py `masked_crc32c`
 */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
