/**
 * Gives an array's memory back at once. The garbage collector sees hundreds of megabytes of rows as a few small objects
 * and lets them pile up.
 *
 * @param array - Not used any more; it is empty afterwards, and so is every view of its buffer.
 */
export function releaseArray({ buffer }: Float32Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
