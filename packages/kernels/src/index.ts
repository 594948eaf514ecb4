export type { Backend, CompileOptions, Executable, WeightChunk, WeightReader } from "./backend.ts";
export { decodeWeight } from "./backends/decode-weight.ts";
export { readWeight } from "./backends/read-weight.ts";
export type { StoredWeight } from "./ops/reference-op.ts";
export { createReferenceBackend } from "./backends/reference/reference-backend.ts";
export {
  DeviceError,
  DisposedError,
  DTypeError,
  ShapeError,
  UnsupportedError,
} from "./graph/errors.ts";
export { differentiate, type Seed } from "./graph/differentiate.ts";
export { splitGraph, type SplitGraph } from "./graph/split-graph.ts";
export { Graph, type GraphNode, type Op, type Value, type Weight } from "./graph/graph.ts";
export type { Dim, DType, Shape, TensorType } from "./graph/tensor-type.ts";
export {
  weightParts,
  type PartDType,
  type WeightFormat,
  type WeightPart,
} from "./graph/weight-format.ts";
export { elementCount, f32, i32, type Tensor } from "./graph/tensor.ts";
export { add } from "./ops/add/op.ts";
export { alibi, type AlibiAttributes } from "./ops/alibi/op.ts";
export { alibiSlopes } from "./ops/alibi/slopes.ts";
export { crossEntropy, type CrossEntropy } from "./ops/cross-entropy/op.ts";
export { gather } from "./ops/gather/op.ts";
export { joinBatch, type JoinBatchAttributes } from "./ops/join-batch/op.ts";
export { joinHeads } from "./ops/join-heads/op.ts";
export { l2NormalizeRows } from "./ops/l2-normalize/l2-normalize-rows.ts";
export { l2Normalize } from "./ops/l2-normalize/op.ts";
export { linear } from "./ops/linear/op.ts";
export { matmul, type MatmulAttributes } from "./ops/matmul/op.ts";
export { multiply } from "./ops/multiply/op.ts";
export { keyCount, poolAttention, type PoolAttentionInputs } from "./ops/pool-attention/op.ts";
export { rmsNorm } from "./ops/rms-norm/op.ts";
export { rotary } from "./ops/rotary/op.ts";
export { scale } from "./ops/scale/op.ts";
export { softmax } from "./ops/softmax/op.ts";
export { splitBatch, type SplitBatchAttributes } from "./ops/split-batch/op.ts";
export { splitHeads, type SplitHeadsAttributes } from "./ops/split-heads/op.ts";
export { swiglu } from "./ops/swiglu/op.ts";
