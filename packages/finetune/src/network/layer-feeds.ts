import { alibiSlopes, f32, type Shape, type Tensor } from "@baichuan2/kernels";
import { ropeAngles, type ModelConfig } from "@baichuan2/model";
import { attentionMask, batchSize, tokenPositions, type Batch } from "./batch.ts";
import { layerKey, parameterOf, type Parameters } from "./parameters.ts";

/** Fills the dropout mask of a layer's linear, `[T, C]`, with 0 and `1 / (1 − p)`. */
export type FillDropout = (layer: number, key: string, mask: Float32Array) => void;

/** Inputs that all layers share in one run. */
export interface SharedFeeds {
  /** Tokens of each text, N. */
  readonly length: number;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** Masks and positions of a batch, as `positionInputs` declares them. */
export function sharedFeeds(
  { positionScheme, headDim, numAttentionHeads: H }: ModelConfig,
  batch: Batch,
): SharedFeeds {
  const N = batch.length;
  const seen = attentionMask(batch, { paddingSees: positionScheme === "rope" });
  const mask = f32(seen, [batchSize(batch), 1, N, N]);
  if (positionScheme === "alibi")
    return { length: N, feeds: { mask, bias: f32(distances(H, N), [1, H, N, N]) } };
  const { cos, sin } = ropeAngles(tokenPositions(batch), headDim);
  const shape = [batch.inputIds.length, headDim / 2];
  return { length: N, feeds: { mask, cos: f32(cos, shape), sin: f32(sin, shape) } };
}

/** What a layer's inputs are fed from. */
export interface LayerFeeds {
  readonly parameters: Parameters;
  readonly dropout?: FillDropout | undefined;
}

const DROPOUT = ".dropout";

/** An input of a layer: a weight, or the dropout mask of a linear for T rows. */
export function layerFeed(
  {
    layer,
    key,
    shape,
    T,
  }: { readonly layer: number; readonly key: string; readonly shape: Shape; readonly T: number },
  { parameters, dropout }: LayerFeeds,
): Tensor {
  if (!key.endsWith(DROPOUT))
    return f32(parameterOf(parameters, layerKey(layer, key)), shape as number[]);
  const C = shape[1] as number;
  const mask = new Float32Array(T * C).fill(1);
  dropout?.(layer, key.slice(0, -DROPOUT.length), mask);
  return f32(mask, [T, C]);
}

/** `slope · (j − i)`, `[H, N, N]`: relative, so that it serves texts wherever they start. */
function distances(H: number, N: number): Float32Array {
  const bias = new Float32Array(H * N * N);
  for (const [h, slope] of alibiSlopes(H).entries())
    for (let i = 0; i < N; i++)
      for (let j = 0; j <= i; j++) bias[(h * N + i) * N + j] = slope * (j - i);
  return bias;
}
