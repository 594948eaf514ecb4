import type { QuantResponse } from "./protocol.ts";

/** What the pool needs of a thread; a browser's `Worker` is one. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { data: QuantResponse }) => void): void;
  /** The thread died: it answers no more. */
  addEventListener(type: "error", listener: (event: { message?: string }) => void): void;
  /** An answer that could not be read here. */
  addEventListener(type: "messageerror", listener: (event: unknown) => void): void;
  terminate(): unknown;
  /** Keeps the process alive while the thread works; Node only. */
  ref?(): void;
  /** Lets the process end while the thread idles; Node only. */
  unref?(): void;
}
