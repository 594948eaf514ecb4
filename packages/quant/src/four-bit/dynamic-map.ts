/** Decades of the map: magnitudes from 10^-6 to 1. */
const DECADES = 7;

/**
 * The signed 8-bit dynamic map of bitsandbytes: 256 values in [-0.993, 1], ascending, dense around 0, which is number 127.
 *
 * `±10^(e−6) · midpoint_k` for e = 0…6, where the midpoints are those of the 2^e equal parts of [0.1, 1]; then 0 and 1. Every
 * step is rounded to float32 as torch does it, so that the bits are those of the files.
 *
 * @see Dettmers 2016, https://arxiv.org/abs/1511.04561
 */
export const DYNAMIC_MAP: Float32Array<ArrayBuffer> = createDynamicMap();

function createDynamicMap(): Float32Array<ArrayBuffer> {
  const magnitudes: number[] = [];
  for (let e = 0; e < DECADES; e++) {
    const scale = Math.fround(10 ** (e + 1 - DECADES));
    for (const midpoint of midpoints(2 ** e)) magnitudes.push(Math.fround(scale * midpoint));
  }
  return Float32Array.of(0, 1, ...magnitudes, ...magnitudes.map((magnitude) => -magnitude)).sort();
}

/** Midpoints of equal parts of [0.1, 1], in float32. */
function midpoints(parts: number): number[] {
  const step = Math.fround(Math.fround(1 - Math.fround(0.1)) / parts);
  // torch's linspace counts from the nearer end, and multiplies and adds with one rounding.
  const edge = (i: number): number =>
    Math.fround(i <= parts / 2 ? Math.fround(0.1) + step * i : 1 - step * (parts - i));
  return Array.from({ length: parts }, (_, k) => Math.fround(edge(k) + edge(k + 1)) / 2);
}
