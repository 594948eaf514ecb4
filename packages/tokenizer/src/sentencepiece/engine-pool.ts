import { createHash } from "node:crypto";
import { WasmEngine } from "./wasm-engine.ts";

interface PooledEngine {
  readonly engine: Promise<WasmEngine>;
  users: number;
}

/** Engines in use by the SHA-256 of their model: each takes 16 MB and 0.1 to 0.3 s to start. */
const engines = new Map<string, PooledEngine>();

/** A share of an engine; the engine is dropped when nobody holds one. */
export interface EngineLease {
  readonly engine: WasmEngine;
  release(): void;
}

/** The engine for a model: one that runs already, or a new one. */
export async function leaseEngine(model: Uint8Array): Promise<EngineLease> {
  const key = createHash("sha256").update(model).digest("hex");
  const pooled = engines.get(key) ?? { engine: WasmEngine.load(model), users: 0 };
  engines.set(key, pooled);
  pooled.users++;
  const release = (): void => {
    pooled.users--;
    if (pooled.users === 0) engines.delete(key);
  };
  try {
    return { engine: await pooled.engine, release };
  } catch (error) {
    release();
    throw error;
  }
}
