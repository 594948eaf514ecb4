import { elementCount, f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";
import type { MatmulAttributes } from "./op.ts";

export const matmulReference: Reference<MatmulAttributes> = ([a, b], { transA, transB, alpha }) => {
  const batch = a.shape.slice(0, -2);
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [M, K] = transA ? [aColumns, aRows] : [aRows, aColumns];
  const N = transB ? bRows : bColumns;
  const y = floatsLike(elementCount(batch) * M * N, a, b);
  for (let i = 0; i < elementCount(batch); i++) {
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) {
        let sum = 0;
        for (let k = 0; k < K; k++) {
          const left = a.data[i * M * K + (transA ? k * M + m : m * K + k)];
          const right = b.data[i * K * N + (transB ? n * K + k : k * N + n)];
          sum += left * right;
        }
        y[(i * M + m) * N + n] = alpha * sum;
      }
    }
  }
  return [f32(y, [...batch, M, N])];
};
