import { DisposedError, UnsupportedError } from "@baichuan2/kernels";
import type { OpenEngineOptions } from "./engine-thread.ts";
import type { Engine } from "./engine.ts";

/** Starts another engine over the same weights. */
export type OpenEngine = (options?: OpenEngineOptions) => Promise<Engine>;

/** A `quantize` that runs. */
interface Quantizing {
  readonly controller: AbortController;
  /** Resolves when its load has ended, whatever way. */
  readonly ended: Promise<void>;
}

/** A model's engine, which another one over quantized weights may replace; its calls then end with it. */
export class ReplaceableEngine {
  readonly #open: OpenEngine;
  #engine: Engine;
  /** Of before `quantize`, until its calls have ended. */
  #oldEngine: Engine | undefined;
  #quantizing: Quantizing | undefined;
  #isDisposed = false;

  constructor(engine: Engine, open: OpenEngine) {
    this.#engine = engine;
    this.#open = open;
  }

  /** The one for new calls. */
  get current(): Engine {
    return this.#engine;
  }

  /**
   * Loads quantized weights and puts their engine in the place of this one, as `Model.quantize` tells.
   *
   * @throws {UnsupportedError} for other bits, or if the weights are quantized already or just now.
   * @throws {DisposedError} if it is disposed, before or meanwhile.
   */
  async quantize(
    bits: 4 | 8,
    options: Pick<OpenEngineOptions, "signal" | "onProgress">,
  ): Promise<void> {
    this.#checkQuantize(bits);
    const { promise, resolve } = Promise.withResolvers<void>();
    const controller = new AbortController();
    this.#quantizing = { controller, ended: promise };
    const signals = [controller.signal, ...(options.signal ? [options.signal] : [])];
    try {
      const engine = await this.#open({
        ...options,
        signal: AbortSignal.any(signals),
        weights: { dtype: bits === 4 ? "nf4" : "int8" },
        adapters: this.#engine.adapters.sources,
      });
      await this.#replace(engine);
    } finally {
      this.#quantizing = undefined;
      resolve();
    }
  }

  /** @throws {UnsupportedError} while `quantize` runs. */
  refuseWhileQuantizing(where: string): void {
    if (this.#quantizing)
      throw new UnsupportedError(where, "a call while quantize runs", "await quantize first");
  }

  /** Frees the weights and ends a `quantize`. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#quantizing?.controller.abort(new DisposedError("model"));
    const { ended } = this.#quantizing ?? {};
    await Promise.all([this.#engine.dispose(), this.#oldEngine?.dispose(), ended]);
  }

  #checkQuantize(bits: number): void {
    if (this.#isDisposed) throw new DisposedError("model");
    const refuse = (what: string, hint: string): never => {
      throw new UnsupportedError("quantize", what, hint);
    };
    if (bits !== 4 && bits !== 8) {
      const got = typeof bits === "string" ? JSON.stringify(bits) : String(bits);
      refuse(`${got} bits`, "use 4 (NF4) or 8 (int8)");
    }
    const { dtype, adapters } = this.#engine;
    if (dtype !== "float32")
      refuse(`weights already quantized to ${dtype}`, "load the unquantized checkpoint");
    if (this.#quantizing) refuse("a second call while one runs", "await the first");
    if (adapters.isChanging)
      refuse("weights while an adapter is loaded", "await loadAdapter first");
  }

  async #replace(engine: Engine): Promise<void> {
    if (this.#isDisposed) {
      await engine.dispose();
      throw new DisposedError("model");
    }
    const old = this.#engine;
    this.#engine = engine;
    this.#oldEngine = old;
    void old.disposeWhenIdle().finally(() => (this.#oldEngine = undefined));
  }
}
