/** How AdamW updates; names and defaults are PyTorch's. */
export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
}

/** What AdamW remembers of one parameter. */
export interface AdamWMoments {
  /** Running mean of the gradient. */
  readonly expAvg: Float32Array;
  /** Running mean of its square. */
  readonly expAvgSq: Float32Array;
}

/**
 * AdamW with decoupled weight decay, in PyTorch's order:
 *
 *   p ← p · (1 − lr · wd)      m ← m + (g − m)(1 − β₁)      v ← β₂ v + (1 − β₂) g²
 *   p ← p − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + eps)
 *
 * Moments are float32, each update is computed in float64 and rounded once.
 *
 * @see Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101
 */
export class AdamW {
  readonly #options: AdamWOptions;
  readonly #moments = new Map<string, AdamWMoments>();
  #steps = 0;

  constructor(options: AdamWOptions) {
    this.#options = options;
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** Moments by parameter, for a checkpoint; not to be changed. */
  get moments(): ReadonlyMap<string, AdamWMoments> {
    return this.#moments;
  }

  /** Goes on where another optimizer was. */
  restore(steps: number, moments: ReadonlyMap<string, AdamWMoments>): void {
    this.#steps = steps;
    this.#moments.clear();
    for (const [name, value] of moments) this.#moments.set(name, value);
  }

  /** Begins the next step; `update` then updates the parameters one by one. */
  begin(): void {
    this.#steps += 1;
  }

  /**
   * Updates a parameter in place.
   *
   * @param gradientScale - Factor of the gradient: clipping.
   */
  update(
    name: string,
    parameter: Float32Array,
    gradient: Float32Array,
    {
      learningRate,
      gradientScale = 1,
      isDecayed,
    }: {
      readonly learningRate: number;
      readonly gradientScale?: number;
      readonly isDecayed: boolean;
    },
  ): void {
    const { beta1, beta2, eps, weightDecay } = this.#options;
    const { expAvg, expAvgSq } = this.#momentsOf(name, parameter.length);
    const decay = isDecayed ? 1 - learningRate * weightDecay : 1;
    const stepSize = learningRate / (1 - beta1 ** this.#steps);
    const inverseRoot = 1 / Math.sqrt(1 - beta2 ** this.#steps);
    const [rate1, rate2] = [1 - beta1, 1 - beta2];
    for (let i = 0; i < parameter.length; i++) {
      const g = (gradient[i] as number) * gradientScale;
      const before = expAvg[i] as number;
      const m = before + (g - before) * rate1;
      const v = beta2 * (expAvgSq[i] as number) + rate2 * g * g;
      expAvg[i] = m;
      expAvgSq[i] = v;
      parameter[i] =
        (parameter[i] as number) * decay - (stepSize * m) / (Math.sqrt(v) * inverseRoot + eps);
    }
  }

  #momentsOf(name: string, length: number): AdamWMoments {
    const known = this.#moments.get(name);
    if (known) return known;
    const moments = { expAvg: new Float32Array(length), expAvgSq: new Float32Array(length) };
    this.#moments.set(name, moments);
    return moments;
  }
}
