import type { EngineThread } from "./engine-thread.ts";

/** A sequence that the engine's thread holds; it is lost with the thread. */
export interface EngineSequence {
  readonly thread: EngineThread;
  readonly sequenceId: number;
}

/** A held sequence, as long as its holder knows it. */
export interface EnginePrefix {
  readonly sequence: EngineSequence;
  readonly length: number;
}
