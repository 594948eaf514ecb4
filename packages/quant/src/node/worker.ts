// The pool's thread under Node.
import { parentPort } from "node:worker_threads";
import { answer } from "../workers/answer.ts";
import type { QuantRequest } from "../workers/protocol.ts";

parentPort?.on("message", (request: QuantRequest) => parentPort?.postMessage(...answer(request)));
