import type { TensorDeclaration } from "../safetensors-writer.ts";

/** A tensor of a file to be written, with its bytes, little-endian in C order. */
export interface TensorValues extends TensorDeclaration {
  readonly bytes: Uint8Array<ArrayBufferLike>;
}

/** The bytes that a typed array views. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
