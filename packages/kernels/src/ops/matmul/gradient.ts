import type { GradientRule } from "../gradient-rule.ts";
import { matmul, type MatmulAttributes } from "./op.ts";

/** `da = dy · bᵀ` and `db = aᵀ · dy`, each in the layout that its matrix has. */
export const matmulGradient: GradientRule<MatmulAttributes> = (
  g,
  { inputs: [a, b], attributes: { transA, transB, alpha }, gradients: [dy] },
) => [
  transA
    ? matmul(g, b, dy, { transA: transB, transB: true, alpha })
    : matmul(g, dy, b, { transB: !transB, alpha }),
  transB
    ? matmul(g, dy, a, { transA: true, transB: transA, alpha })
    : matmul(g, a, dy, { transA: !transA, alpha }),
];
