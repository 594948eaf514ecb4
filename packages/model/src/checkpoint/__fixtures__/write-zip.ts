/** A writer of stored zip archives for tests, with the oddities of torch's and of hostile ones. */

export interface ZipInput {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
}

/** How an archive differs from a plain one. */
export interface ZipOptions {
  /** Sizes, offsets and counts in zip64 records, as archives above 4 GiB have them. */
  readonly zip64?: boolean;
  /** Added to every position, for an archive that stands behind other bytes. */
  readonly baseOffset?: number;
  /** Changes the central directory's header offset of an entry. */
  readonly headerOffset?: (name: string, offset: number) => number;
  readonly comment?: string;
}

const bytesOf = (...parts: (number[] | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const u16 = (value: number): number[] => [value & 255, (value >> 8) & 255];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const u64 = (value: number): number[] => [...u32(value >>> 0), ...u32(Math.floor(value / 2 ** 32))];

/** The archive's bytes. Local headers hold zeros for sizes, as torch's do. */
export function writeZip(inputs: readonly ZipInput[], options: ZipOptions = {}): Uint8Array {
  const { zip64 = false, baseOffset = 0, headerOffset = (_, offset) => offset, comment = "" } = options;
  const locals: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let at = 0;
  for (const { name, data, method = 0, flags = 0x0808 } of inputs) {
    const label = new TextEncoder().encode(name);
    const padding = Uint8Array.of(0x46, 0x42, 4, 0, 0, 0, 0, 0);
    const sizes = zip64 ? u32(0xffffffff) : u32(data.length);
    const offset = headerOffset(name, at + baseOffset);
    const extra = zip64
      ? [...u16(1), ...u16(24), ...u64(data.length), ...u64(data.length), ...u64(offset)]
      : [];
    locals.push(
      bytesOf(u32(0x04034b50), u16(45), u16(flags), u16(method), u32(0), u32(0), u32(0), u32(0)),
      bytesOf(u16(label.length), u16(padding.length), label, padding),
      data,
      bytesOf(u32(0x08074b50), u32(0), u32(data.length), u32(data.length)),
    );
    central.push(
      bytesOf(u32(0x02014b50), u16(45), u16(45), u16(flags), u16(method), u32(0), u32(0)),
      bytesOf(sizes, sizes, u16(label.length), u16(extra.length), u16(0), u16(0), u16(0), u32(0)),
      bytesOf(zip64 ? u32(0xffffffff) : u32(offset), label, extra),
    );
    at += 30 + label.length + padding.length + data.length + 16;
  }
  const directory = concatenate(central);
  const start = at + baseOffset;
  const end64 = zip64
    ? [
        bytesOf(u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0)),
        bytesOf(u64(inputs.length), u64(inputs.length), u64(directory.length), u64(start)),
        bytesOf(u32(0x07064b50), u32(0), u64(start + directory.length), u32(1)),
      ]
    : [];
  const count = zip64 ? 0xffff : inputs.length;
  const end = bytesOf(
    [...u32(0x06054b50), ...u16(0), ...u16(0), ...u16(count), ...u16(count)],
    zip64 ? [...u32(0xffffffff), ...u32(0xffffffff)] : [...u32(directory.length), ...u32(start)],
    [...u16(comment.length), ...new TextEncoder().encode(comment)],
  );
  return concatenate([...locals, directory, ...end64, end]);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
