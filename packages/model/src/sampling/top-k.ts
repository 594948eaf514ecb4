import type { ScoreFilter } from "./filter.ts";

/**
 * Keeps the `k` highest scores, and every score equal to the k-th.
 *
 * @param k - At least 1; more than there are candidates keeps all.
 */
export function topK(k: number): ScoreFilter {
  let heap = new Float32Array(0);
  return (scores, { candidates }) => {
    if (k >= candidates.count) return;
    if (heap.length !== k) heap = new Float32Array(k);
    const kth = kthHighest(scores, candidates.ids, candidates.count, heap);
    candidates.retainFrom(scores, kth);
  };
}

/** One pass with the k highest so far in a heap whose root is the lowest of them; almost all ids fail at the root. */
function kthHighest(
  scores: Float32Array,
  ids: Int32Array,
  count: number,
  heap: Float32Array,
): number {
  heap.fill(-Infinity);
  let root = -Infinity;
  for (let index = 0; index < count; index++) {
    const score = scores[ids[index] as number] as number;
    if (score > root) {
      replaceRoot(heap, score);
      root = heap[0] as number;
    }
  }
  return root;
}

function replaceRoot(heap: Float32Array, score: number): void {
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= score) break;
    heap[hole] = heap[child] as number;
    hole = child;
  }
  heap[hole] = score;
}
