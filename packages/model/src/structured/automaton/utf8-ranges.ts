import { type CodePointSet, rangesOf } from "../language/code-point-set.ts";

/** Bytes of each position of a sequence: `[first, last]` each. */
export type ByteRanges = readonly (readonly [number, number])[];

/** How a character is written: as it is, or as `JSON.stringify` writes it within a string. */
export type CharacterEncoding = "plain" | "json";

/** Last code points that UTF-8 writes with 1, 2, 3 and 4 bytes. */
const LAST_OF_LENGTH = [0x7f, 0x7ff, 0xffff, 0x10ffff];

/** What `JSON.stringify` escapes within a string, lone surrogates aside. */
const ESCAPED = [...Array.from({ length: 32 }, (_, code) => code), 0x22, 0x5c];

const encoder = new TextEncoder();

/** The sequences of bytes that write the characters of a set. */
export function* byteSequences(
  set: CodePointSet,
  encoding: CharacterEncoding,
): Generator<ByteRanges> {
  for (const [first, last] of rangesOf(set))
    if (encoding === "plain") yield* utf8Ranges(first, last);
    else yield* jsonRanges(first, last);
}

function* jsonRanges(first: number, last: number): Generator<ByteRanges> {
  let next = first;
  for (const code of ESCAPED) {
    if (code < first || code > last) continue;
    if (code > next) yield* utf8Ranges(next, code - 1);
    const text = JSON.stringify(String.fromCodePoint(code)).slice(1, -1);
    yield [...encoder.encode(text)].map((byte) => [byte, byte]);
    next = code + 1;
  }
  if (next <= last) yield* utf8Ranges(next, last);
}

/** Sequences for a range of characters: at each position any byte of its range may stand, whatever stands at the others. */
function* utf8Ranges(first: number, last: number): Generator<ByteRanges> {
  let start = first;
  for (const [index, end] of LAST_OF_LENGTH.entries()) {
    if (start > end || start > last) continue;
    yield* alignedRanges(start, Math.min(end, last), index);
    start = end + 1;
  }
}

function* alignedRanges(first: number, last: number, tailBytes: number): Generator<ByteRanges> {
  for (let tail = 1; tail <= tailBytes; tail++) {
    const mask = (1 << (6 * tail)) - 1;
    if ((first & ~mask) === (last & ~mask)) continue;
    const split = (first & mask) === 0 ? last & ~mask : (first | mask) + 1;
    if ((first & mask) === 0 && (last & mask) === mask) continue;
    yield* alignedRanges(first, split - 1, tailBytes);
    yield* alignedRanges(split, last, tailBytes);
    return;
  }
  const lows = encoder.encode(String.fromCodePoint(first));
  const highs = encoder.encode(String.fromCodePoint(last));
  yield [...lows].map((low, index) => [low, highs[index] as number]);
}
