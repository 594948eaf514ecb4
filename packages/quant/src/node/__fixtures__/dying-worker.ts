// A thread that ends at its first request, without a word.
import { parentPort } from "node:worker_threads";

parentPort?.on("message", () => process.exit(3));
