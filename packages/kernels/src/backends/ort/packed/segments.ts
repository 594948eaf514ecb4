import { closeSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

/** A range of a file and its CRC-32. */
export interface Segment {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly crc32: number;
}

/** A damaged file is told apart segment by segment; each takes about 20 ms to check. */
const SEGMENT_BYTES = 64 << 20;

/** Read at a time: half of a processor's second-level cache and more reads are both slower. */
const READ_BYTES = 1 << 20;

/**
 * Cuts a file into segments and takes their checksums. Blocks the thread.
 *
 * @param hole - A range that is left out: zeros that no disk holds.
 */
export function segmentsOf(
  path: string,
  sizeBytes: number,
  hole: { readonly start: number; readonly end: number },
): Segment[] {
  const segments: Segment[] = [];
  const descriptor = openSync(path, "r");
  try {
    for (let offset = 0; offset < sizeBytes;) {
      if (offset >= hole.start && offset < hole.end) offset = hole.end;
      const limit = offset < hole.start ? Math.min(hole.start, sizeBytes) : sizeBytes;
      const size = Math.min(SEGMENT_BYTES, limit - offset);
      segments.push({ offset, sizeBytes: size, crc32: checksum(descriptor, offset, size) });
      offset += size;
    }
  } finally {
    closeSync(descriptor);
  }
  return segments;
}

/** The first segment that is not as it was; undefined if all are. Blocks the thread. */
export function damagedSegment(path: string, segments: readonly Segment[]): Segment | undefined {
  const descriptor = openSync(path, "r");
  try {
    return segments.find(
      (segment) => checksum(descriptor, segment.offset, segment.sizeBytes) !== segment.crc32,
    );
  } finally {
    closeSync(descriptor);
  }
}

/** CRC-32 of a range, or of as much of it as the file has. */
function checksum(descriptor: number, offset: number, sizeBytes: number): number {
  const buffer = new Uint8Array(Math.min(READ_BYTES, sizeBytes));
  let crc = 0;
  for (let done = 0; done < sizeBytes;) {
    const wanted = Math.min(buffer.length, sizeBytes - done);
    const bytesRead = readSync(descriptor, buffer, 0, wanted, offset + done);
    if (bytesRead === 0) return -1;
    crc = crc32(buffer.subarray(0, bytesRead), crc);
    done += bytesRead;
  }
  return crc;
}
