import type { Candidates } from "./candidates.ts";
import type { Warper } from "./filter.ts";

/**
 * Keeps the `k` highest scores, and every score equal to the k-th.
 *
 * @param k - At least 1; more than there are candidates keeps all.
 */
export function topK(k: number): Warper {
  let heap = new Float32Array(0);
  return (candidates) => {
    if (k >= candidates.count) return;
    if (heap.length !== k) heap = new Float32Array(k);
    candidates.retainFrom(kthHighest(candidates, heap));
  };
}

/**
 * One pass with the k highest so far in a heap whose root is the lowest of them; almost all scores fail at
 * the root. -Infinity if fewer than k are above it.
 */
function kthHighest({ scores, count }: Candidates, heap: Float32Array): number {
  heap.fill(-Infinity);
  let root = -Infinity;
  for (let place = 0; place < count; place++) {
    const score = scores[place] as number;
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
