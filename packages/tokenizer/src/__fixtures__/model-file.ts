import { readFileSync } from "node:fs";
import { PieceType } from "../model-file/sentencepiece-model.ts";

/** A piece of a model file to be written. */
export interface PieceSpec {
  readonly text: string | Uint8Array;
  readonly score?: number;
  readonly type?: number;
}

/** The bytes of one of the models in this folder. */
export function tinyModel(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`${name}.model`, import.meta.url)));
}

/** What every model needs first: `<unk>`, `<s>`, `</s>`, then `<0x00>` to `<0xFF>` as ids 3 to 258. */
export const basePieces: readonly PieceSpec[] = [
  { text: "<unk>", type: PieceType.unknown },
  { text: "<s>", type: PieceType.control },
  { text: "</s>", type: PieceType.control },
  ...Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    type: PieceType.byte,
  })),
];

/** Id of the first piece after {@link basePieces}. */
export const FIRST_ID = 259;

/** Fields of the two specs by number; a number is a varint, a string a length-delimited value. */
export interface Specs {
  readonly trainer?: Readonly<Record<number, number | string>>;
  readonly normalizer?: Readonly<Record<number, number | string>>;
  readonly denormalizer?: Readonly<Record<number, number | string>>;
}

const BPE_WITH_BYTES = { 3: 2, 35: 1 };
const IDENTITY = { 1: "identity", 3: 0, 4: 0 };

/** A model file of Baichuan2's kind with the given pieces, or of another with other specs. */
export function modelFile(
  pieces: readonly PieceSpec[],
  { trainer = BPE_WITH_BYTES, normalizer = IDENTITY, denormalizer }: Specs = {},
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...pieces.flatMap(pieceField),
    ...field(2, specMessage(trainer)),
    ...field(3, specMessage(normalizer)),
    ...(denormalizer ? field(5, specMessage(denormalizer)) : []),
  ]);
}

/** A length-delimited field. */
function field(number: number, value: Iterable<number>): number[] {
  const bytes = [...value];
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** One piece as a model file holds it; appended to a file, it is one more piece. */
export function pieceField({ text, score = 0, type = PieceType.normal }: PieceSpec): number[] {
  const scoreBytes = new Uint8Array(Float32Array.of(score).buffer);
  const textBytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return field(1, [...field(1, textBytes), 2 * 8 + 5, ...scoreBytes, 3 * 8, type]);
}

function specMessage(spec: Readonly<Record<number, number | string>>): number[] {
  return Object.entries(spec).flatMap(([number, value]) =>
    typeof value === "number"
      ? [...varint(Number(number) * 8), ...varint(value)]
      : field(Number(number), new TextEncoder().encode(value)),
  );
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
