/**
 * UTF-8 as SentencePiece reads it: a byte that does not begin a valid sequence stands for one U+FFFD and
 * reading goes on at the next byte. `TextDecoder` differs: it replaces the longest prefix of a sequence
 * by one U+FFFD (`E4 BD` gives one, SentencePiece two), and drops a leading U+FEFF unless told not to.
 */

export const REPLACEMENT_CHARACTER = "\ufffd";

/**
 * Length of the valid UTF-8 sequence at `position`: 1 to 4, or 0 if there is none.
 * Overlong forms, surrogates and values above U+10FFFF are not valid.
 */
export function sequenceLength(bytes: Uint8Array, position: number, end: number): number {
  const length = expectedLength(bytes[position] ?? 0);
  if (length === 0 || position + length > end) return 0;
  return isSequencePrefix(bytes, position, position + length) ? length : 0;
}

/** Whether `bytes[start … end)` is the beginning of some valid sequence, or the whole of one. */
export function isSequencePrefix(bytes: Uint8Array, start: number, end: number): boolean {
  const lead = bytes[start] ?? 0;
  const length = end - start;
  if (length > expectedLength(lead)) return false;
  if (length > 1 && !isSecondByte(lead, bytes[start + 1] ?? 0)) return false;
  for (let i = start + 2; i < end; i++) if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return false;
  return true;
}

/** Length of the sequence that a byte begins; 0 for a byte that begins none. */
export function expectedLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

/** Keeps out overlong forms (E0, F0), surrogates (ED) and values above U+10FFFF (F4). */
function isSecondByte(lead: number, byte: number): boolean {
  if ((byte & 0xc0) !== 0x80) return false;
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte <= 0x9f;
  if (lead === 0xf0) return byte >= 0x90;
  if (lead === 0xf4) return byte <= 0x8f;
  return true;
}

/** The code point of a valid sequence of the given length. */
export function codePointAt(bytes: Uint8Array, position: number, length: number): number {
  let codePoint = bytes[position] ?? 0;
  if (length > 1) codePoint &= 0x7f >> length;
  for (let i = position + 1; i < position + length; i++)
    codePoint = (codePoint << 6) | ((bytes[i] ?? 0) & 0x3f);
  return codePoint;
}

/** Whether a value is a Uint8Array, also one of another realm (a frame, a `vm` context). */
export function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/** Decodes bytes with one U+FFFD per invalid byte. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if ((error as Error).name !== "TypeError") throw error;
    return decodeInvalidUtf8(bytes);
  }
}

function decodeInvalidUtf8(bytes: Uint8Array): string {
  // No sequence has more code units than bytes.
  const units = new Uint16Array(bytes.length);
  let count = 0;
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes, i, bytes.length);
    count = putCodePoint(units, count, length === 0 ? 0xfffd : codePointAt(bytes, i, length));
    i += length || 1;
  }
  return unitsToString(units, 0, count);
}

/** Writes a code point as UTF-16 at `position`; returns the position after it. */
export function putCodePoint(units: Uint16Array, position: number, codePoint: number): number {
  if (codePoint < 0x10000) {
    units[position] = codePoint;
    return position + 1;
  }
  units[position] = 0xd800 + ((codePoint - 0x10000) >> 10);
  units[position + 1] = 0xdc00 + (codePoint & 0x3ff);
  return position + 2;
}

/** Arguments of one `String.fromCharCode` call; engines overflow their stack at some ten thousand. */
const UNITS_PER_CALL = 8192;

/** The string of the UTF-16 code units `units[from … to)`. */
export function unitsToString(units: Uint16Array, from: number, to: number): string {
  let text = "";
  for (let start = from; start < to; start += UNITS_PER_CALL)
    text += String.fromCharCode(...units.subarray(start, Math.min(to, start + UNITS_PER_CALL)));
  return text;
}
