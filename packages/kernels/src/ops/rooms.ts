import { addGradient as addRule } from "./add/gradient.ts";
import { addOnnx } from "./add/onnx.ts";
import { addReference } from "./add/reference.ts";
import { alibiOnnx } from "./alibi/onnx.ts";
import { alibiReference } from "./alibi/reference.ts";
import { crossEntropyGradientOnnx } from "./cross-entropy-gradient/onnx.ts";
import { crossEntropyGradientReference } from "./cross-entropy-gradient/reference.ts";
import { crossEntropyGradient as crossEntropyRule } from "./cross-entropy/gradient.ts";
import { crossEntropyOnnx } from "./cross-entropy/onnx.ts";
import { crossEntropyReference } from "./cross-entropy/reference.ts";
import { gatherGradientOnnx } from "./gather-gradient/onnx.ts";
import { gatherGradientReference } from "./gather-gradient/reference.ts";
import { gatherGradient as gatherRule } from "./gather/gradient.ts";
import { gatherOnnx } from "./gather/onnx.ts";
import { gatherReference } from "./gather/reference.ts";
import type { GradientRule } from "./gradient-rule.ts";
import { joinBatchGradient as joinBatchRule } from "./join-batch/gradient.ts";
import { joinBatchOnnx } from "./join-batch/onnx.ts";
import { joinBatchReference } from "./join-batch/reference.ts";
import { joinHeadsGradient as joinHeadsRule } from "./join-heads/gradient.ts";
import { joinHeadsOnnx } from "./join-heads/onnx.ts";
import { joinHeadsReference } from "./join-heads/reference.ts";
import { l2NormalizeGradientOnnx } from "./l2-normalize-gradient/onnx.ts";
import { l2NormalizeGradientReference } from "./l2-normalize-gradient/reference.ts";
import { l2NormalizeGradient as l2NormalizeRule } from "./l2-normalize/gradient.ts";
import { l2NormalizeOnnx } from "./l2-normalize/onnx.ts";
import { l2NormalizeReference } from "./l2-normalize/reference.ts";
import { linearGradient as linearRule } from "./linear/gradient.ts";
import { linearOnnx } from "./linear/onnx.ts";
import { linearReference } from "./linear/reference.ts";
import { matmulGradient as matmulRule } from "./matmul/gradient.ts";
import { matmulOnnx } from "./matmul/onnx.ts";
import { matmulReference } from "./matmul/reference.ts";
import { multiplyGradient as multiplyRule } from "./multiply/gradient.ts";
import { multiplyOnnx } from "./multiply/onnx.ts";
import { multiplyReference } from "./multiply/reference.ts";
import type { OnnxLowering } from "./onnx-lowering.ts";
import { poolAttentionOnnx } from "./pool-attention/onnx.ts";
import { poolAttentionReference } from "./pool-attention/reference.ts";
import type { Reference } from "./reference-op.ts";
import { rmsNormGradientOnnx } from "./rms-norm-gradient/onnx.ts";
import { rmsNormGradientReference } from "./rms-norm-gradient/reference.ts";
import { rmsNormGradient as rmsNormRule } from "./rms-norm/gradient.ts";
import { rmsNormOnnx } from "./rms-norm/onnx.ts";
import { rmsNormReference } from "./rms-norm/reference.ts";
import { rotaryGradient as rotaryRule } from "./rotary/gradient.ts";
import { rotaryOnnx } from "./rotary/onnx.ts";
import { rotaryReference } from "./rotary/reference.ts";
import { scaleGradient as scaleRule } from "./scale/gradient.ts";
import { scaleOnnx } from "./scale/onnx.ts";
import { scaleReference } from "./scale/reference.ts";
import { softmaxGradientOnnx } from "./softmax-gradient/onnx.ts";
import { softmaxGradientReference } from "./softmax-gradient/reference.ts";
import { softmaxGradient as softmaxRule } from "./softmax/gradient.ts";
import { softmaxOnnx } from "./softmax/onnx.ts";
import { softmaxReference } from "./softmax/reference.ts";
import { splitBatchGradient as splitBatchRule } from "./split-batch/gradient.ts";
import { splitBatchOnnx } from "./split-batch/onnx.ts";
import { splitBatchReference } from "./split-batch/reference.ts";
import { splitHeadsGradient as splitHeadsRule } from "./split-heads/gradient.ts";
import { splitHeadsOnnx } from "./split-heads/onnx.ts";
import { splitHeadsReference } from "./split-heads/reference.ts";
import { swigluGradientOnnx } from "./swiglu-gradient/onnx.ts";
import { swigluGradientReference } from "./swiglu-gradient/reference.ts";
import { swigluGradient as swigluRule } from "./swiglu/gradient.ts";
import { swigluOnnx } from "./swiglu/onnx.ts";
import { swigluReference } from "./swiglu/reference.ts";

/*
 * The doors to the rooms, by op name: a new op adds one line to each table, and to the rules
 * if training differentiates it. The graph gives every implementation the
 * attributes that its own op.ts took, which is why the tables may forget the attribute types.
 */

// oxlint-disable-next-line typescript/no-explicit-any -- attributes differ per op; see above
type AnyAttributes = any;

/** Reference implementations by op name. */
export const referenceOps: Readonly<Record<string, Reference<AnyAttributes>>> = {
  add: addReference,
  alibi: alibiReference,
  crossEntropy: crossEntropyReference,
  crossEntropyGradient: crossEntropyGradientReference,
  gather: gatherReference,
  gatherGradient: gatherGradientReference,
  joinBatch: joinBatchReference,
  joinHeads: joinHeadsReference,
  l2Normalize: l2NormalizeReference,
  l2NormalizeGradient: l2NormalizeGradientReference,
  linear: linearReference,
  matmul: matmulReference,
  multiply: multiplyReference,
  poolAttention: poolAttentionReference,
  rmsNorm: rmsNormReference,
  rmsNormGradient: rmsNormGradientReference,
  rotary: rotaryReference,
  scale: scaleReference,
  softmax: softmaxReference,
  softmaxGradient: softmaxGradientReference,
  splitBatch: splitBatchReference,
  splitHeads: splitHeadsReference,
  swiglu: swigluReference,
  swigluGradient: swigluGradientReference,
};

/** ONNX lowerings by op name. */
export const onnxLowerings: Readonly<Record<string, OnnxLowering<AnyAttributes>>> = {
  add: addOnnx,
  alibi: alibiOnnx,
  crossEntropy: crossEntropyOnnx,
  crossEntropyGradient: crossEntropyGradientOnnx,
  gather: gatherOnnx,
  gatherGradient: gatherGradientOnnx,
  joinBatch: joinBatchOnnx,
  joinHeads: joinHeadsOnnx,
  l2Normalize: l2NormalizeOnnx,
  l2NormalizeGradient: l2NormalizeGradientOnnx,
  linear: linearOnnx,
  matmul: matmulOnnx,
  multiply: multiplyOnnx,
  poolAttention: poolAttentionOnnx,
  rmsNorm: rmsNormOnnx,
  rmsNormGradient: rmsNormGradientOnnx,
  rotary: rotaryOnnx,
  scale: scaleOnnx,
  softmax: softmaxOnnx,
  softmaxGradient: softmaxGradientOnnx,
  splitBatch: splitBatchOnnx,
  splitHeads: splitHeadsOnnx,
  swiglu: swigluOnnx,
  swigluGradient: swigluGradientOnnx,
};

/** Gradient rules by op name. */
export const gradientRules: Readonly<Record<string, GradientRule<AnyAttributes>>> = {
  add: addRule,
  crossEntropy: crossEntropyRule,
  gather: gatherRule,
  joinBatch: joinBatchRule,
  joinHeads: joinHeadsRule,
  l2Normalize: l2NormalizeRule,
  linear: linearRule,
  matmul: matmulRule,
  multiply: multiplyRule,
  rmsNorm: rmsNormRule,
  rotary: rotaryRule,
  scale: scaleRule,
  softmax: softmaxRule,
  splitBatch: splitBatchRule,
  splitHeads: splitHeadsRule,
  swiglu: swigluRule,
};
