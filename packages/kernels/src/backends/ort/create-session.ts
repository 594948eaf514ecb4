import { join } from "node:path";
import type { InferenceSession, TensorConstructor } from "onnxruntime-common";
import { DeviceError } from "../../graph/errors.ts";
import type { ByteDType } from "./byte-products.ts";

/** What makes sessions: onnxruntime-node's class, and what is true of this machine and this compilation. */
export interface SessionFactory {
  readonly runtime: typeof InferenceSession;
  readonly OrtTensor: TensorConstructor;
  /** How byte matrices must lie here (see `byte-products.ts`). */
  readonly bytes: ByteDType;
  readonly threads: number | undefined;
  /** Where sessions write profiles. */
  readonly profileDir?: string | undefined;
}

/**
 * Opens a model of a file on the CPU.
 *
 * @param saving - File names beside the model for what onnxruntime makes of it: the optimized model, and its
 *   initializers together with what the kernels packed them to.
 * @throws {DeviceError} if onnxruntime refuses.
 */
export async function createSession(
  { runtime, threads, profileDir }: SessionFactory,
  path: string,
  saving?: { readonly model: string; readonly weights: string },
): Promise<InferenceSession> {
  try {
    return await runtime.create(path, {
      executionProviders: ["cpu"],
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      ...(saving ? { optimizedModelFilePath: saving.model } : {}),
      ...(profileDir === undefined ? {} : profileTo(profileDir)),
      enableCpuMemArena: true,
      ...(saving ? { extra: { session: savePacked(saving.weights) } } : {}),
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new DeviceError(
      "ort-node",
      `expected a session, got ${String(cause)} (is there enough memory?)`,
      { cause },
    );
  }
}

function profileTo(directory: string): InferenceSession.SessionOptions {
  return { enableProfiling: true, profileFilePrefix: join(directory, "session") };
}

/** Initializers below this stay in the model: onnxruntime wants the values of small ones while it infers shapes. */
const MIN_EXTERNAL_BYTES = 256;

/** Session options that write packed initializers to a file. */
function savePacked(file: string): Record<string, string> {
  return {
    save_external_prepacked_constant_initializers: "1",
    optimized_model_external_initializers_file_name: file,
    optimized_model_external_initializers_min_size_in_bytes: String(MIN_EXTERNAL_BYTES),
  };
}
