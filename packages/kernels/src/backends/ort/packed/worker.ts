// Checks a file on a thread of its own, while the session is made on another.
import { parentPort, workerData } from "node:worker_threads";
import { damagedSegment, type Segment } from "./segments.ts";

const { path, segments } = workerData as { path: string; segments: Segment[] };
parentPort?.postMessage(damagedSegment(path, segments)?.offset ?? null);
