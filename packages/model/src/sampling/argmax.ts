/** Id of the highest score, the lowest id on ties as in PyTorch; -1 if every score is -Infinity. */
export function argmax(scores: Float32Array): number {
  let best = -1;
  let highest = -Infinity;
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] as number;
    if (score > highest) {
      highest = score;
      best = id;
    }
  }
  return best;
}
