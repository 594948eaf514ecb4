// The pool's thread under Node.
import { parentPort } from "node:worker_threads";
import { answer } from "../workers/answer.ts";
import type { QuantRequest } from "../workers/protocol.ts";
import { END } from "./end.ts";

parentPort?.on("message", (request: QuantRequest | typeof END) => {
  if (request === END) parentPort?.close();
  else parentPort?.postMessage(...answer(request));
});
