/**
 * Zero points lie as ONNX `MatMulNBits` wants them: two blocks of a row a byte, the even block in the low nibble; the
 * last half byte of a row stays empty if it has an odd number of blocks.
 */

/** Zero points of a matrix, all 0. */
export function createZeroPoints(blocks: number, blocksPerRow: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((blocks / blocksPerRow) * bytesPerRow(blocksPerRow));
}

/** The zero point of a block, 0 to 15. */
export function readZeroPoint(zeroPoints: Uint8Array, block: number, blocksPerRow: number): number {
  const column = block % blocksPerRow;
  return (zeroPoints[byteOf(block, column, blocksPerRow)] >> (4 * (column & 1))) & 15;
}

/** Sets the zero point of a block that still has 0. */
export function writeZeroPoint(
  zeroPoints: Uint8Array,
  block: number,
  blocksPerRow: number,
  zeroPoint: number,
): void {
  const column = block % blocksPerRow;
  zeroPoints[byteOf(block, column, blocksPerRow)] |= zeroPoint << (4 * (column & 1));
}

function byteOf(block: number, column: number, blocksPerRow: number): number {
  return ((block - column) / blocksPerRow) * bytesPerRow(blocksPerRow) + (column >> 1);
}

function bytesPerRow(blocksPerRow: number): number {
  return (blocksPerRow + 1) >> 1;
}
