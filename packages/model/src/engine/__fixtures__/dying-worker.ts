import { parentPort } from "node:worker_threads";
import type { EngineRequest } from "../protocol.ts";
import { DEADLY_ID } from "./deadly-id.ts";

/** The engine's thread, which dies in the middle of a generation whose prompt starts with `DEADLY_ID`. */
parentPort?.on("message", (request: EngineRequest) => {
  if (request.type !== "generate" || request.job.promptIds[0] !== DEADLY_ID) return;
  setTimeout(() => {
    throw new Error("induced");
  }, 20);
});
await import("../worker.ts");
