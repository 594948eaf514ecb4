/** Bytes a side: two tiles fit the first cache, where a whole column would miss it at each step. */
const TILE = 64;

/** `[rows, columns]` as `[columns, rows]`. */
export function transposeBytes(matrix: Uint8Array, rows: number, columns: number): Uint8Array {
  const turned = new Uint8Array(matrix.length);
  for (let rowStart = 0; rowStart < rows; rowStart += TILE) {
    const rowEnd = Math.min(rows, rowStart + TILE);
    for (let columnStart = 0; columnStart < columns; columnStart += TILE) {
      const columnEnd = Math.min(columns, columnStart + TILE);
      for (let column = columnStart; column < columnEnd; column++) {
        const target = column * rows;
        for (let row = rowStart; row < rowEnd; row++)
          turned[target + row] = matrix[row * columns + column];
      }
    }
  }
  return turned;
}
