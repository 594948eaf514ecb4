import { addOnnx } from "./add/onnx.ts";
import { addReference } from "./add/reference.ts";
import { alibiOnnx } from "./alibi/onnx.ts";
import { alibiReference } from "./alibi/reference.ts";
import { gatherOnnx } from "./gather/onnx.ts";
import { gatherReference } from "./gather/reference.ts";
import { l2NormalizeOnnx } from "./l2-normalize/onnx.ts";
import { l2NormalizeReference } from "./l2-normalize/reference.ts";
import { linearOnnx } from "./linear/onnx.ts";
import { linearReference } from "./linear/reference.ts";
import type { OnnxLowering } from "./onnx-lowering.ts";
import { poolAttentionOnnx } from "./pool-attention/onnx.ts";
import { poolAttentionReference } from "./pool-attention/reference.ts";
import type { Reference } from "./reference-op.ts";
import { rmsNormOnnx } from "./rms-norm/onnx.ts";
import { rmsNormReference } from "./rms-norm/reference.ts";
import { rotaryOnnx } from "./rotary/onnx.ts";
import { rotaryReference } from "./rotary/reference.ts";
import { splitHeadsOnnx } from "./split-heads/onnx.ts";
import { splitHeadsReference } from "./split-heads/reference.ts";
import { swigluOnnx } from "./swiglu/onnx.ts";
import { swigluReference } from "./swiglu/reference.ts";

/*
 * The doors to the rooms, by op name: a new op adds one line to each table. The graph gives every implementation the
 * attributes that its own op.ts took, which is why the tables may forget the attribute types.
 */

// oxlint-disable-next-line typescript/no-explicit-any -- attributes differ per op; see above
type AnyAttributes = any;

/** Reference implementations by op name. */
export const referenceOps: Readonly<Record<string, Reference<AnyAttributes>>> = {
  add: addReference,
  alibi: alibiReference,
  gather: gatherReference,
  l2Normalize: l2NormalizeReference,
  linear: linearReference,
  poolAttention: poolAttentionReference,
  rmsNorm: rmsNormReference,
  rotary: rotaryReference,
  splitHeads: splitHeadsReference,
  swiglu: swigluReference,
};

/** ONNX lowerings by op name. */
export const onnxLowerings: Readonly<Record<string, OnnxLowering<AnyAttributes>>> = {
  add: addOnnx,
  alibi: alibiOnnx,
  gather: gatherOnnx,
  l2Normalize: l2NormalizeOnnx,
  linear: linearOnnx,
  poolAttention: poolAttentionOnnx,
  rmsNorm: rmsNormOnnx,
  rotary: rotaryOnnx,
  splitHeads: splitHeadsOnnx,
  swiglu: swigluOnnx,
};
