import { randomFillSync } from "node:crypto";
import { join } from "node:path";
import { WeightFile } from "../weight-file.ts";
import type { WeightLocation } from "../weight-store.ts";

/**
 * Bytes that stand in for the raw bytes of packed matrices. onnxruntime finds a saved matrix by the hash of what it packs
 * when the session is made, so it must be given something to pack, of the full size; it need not be the weights.
 * All matrices pack windows of one region, so that it stays in the processor's cache:
 *
 *   0 ────── 4096 ──── 8192 ─── …                             a hole of zeros, as long as the largest matrix
 *   │ tag 1  │ tag 2   │ tag 3                                makes each window, and with it each hash, different
 *   └─ window 1 ─────────────────────────────┘
 *            └─ window 2 ─────────────────────────────┘
 *
 * A second region of noise, the control, gives the same results, or else the stand-ins matter and must not be used.
 */
export class StandIns {
  /** Bytes of each region. */
  readonly sizeBytes: number;
  /** Bytes of the zeros' region up to which there are tags; the rest is a hole that no disk holds. */
  readonly taggedBytes: number;
  readonly #zeros: WeightLocation;
  readonly #noise: WeightFile;
  #count = 0;

  private constructor(zeros: WeightLocation, taggedBytes: number, noise: WeightFile) {
    this.sizeBytes = zeros.sizeBytes;
    this.taggedBytes = taggedBytes;
    this.#zeros = zeros;
    this.#noise = noise;
  }

  /**
   * Writes both regions.
   *
   * @param weights - Where the zeros go; its first room.
   * @param sizes - Bytes of each matrix that may need a stand-in.
   */
  static async create(
    directory: string,
    weights: WeightFile,
    sizes: readonly number[],
  ): Promise<StandIns> {
    const sizeBytes = Math.max(0, ...sizes) + sizes.length * WINDOW_STEP;
    const zeros = await weights.reserve(sizeBytes);
    for (let window = 0; window < sizes.length; window++) {
      const tag = new Uint8Array(Uint32Array.of(window + 1).buffer);
      await weights.write(zeros, window * WINDOW_STEP, tag);
    }
    const noise = await WeightFile.create(join(directory, NOISE_FILE));
    const location = await noise.reserve(sizeBytes);
    const bytes = new Uint8Array(NOISE_BYTES);
    for (let done = 0; done < sizeBytes; done += bytes.length)
      await noise.write(location, done, randomFillSync(bytes).subarray(0, sizeBytes - done));
    return new StandIns(zeros, sizes.length * WINDOW_STEP, noise);
  }

  /** The next window of each region. */
  next(sizeBytes: number): Record<StandIn, WeightLocation> {
    const start = this.#count++ * WINDOW_STEP;
    const { file, offset } = this.#zeros;
    return {
      zeros: { file, offset: offset + start, sizeBytes },
      noise: { file: NOISE_FILE, offset: start, sizeBytes },
    };
  }

  /** Copies the noise behind the weights: raw and packed bytes of a matrix must lie in one file. */
  appendNoise(weights: WeightFile): Promise<WeightLocation> {
    return weights.append(this.#noise, this.sizeBytes);
  }

  /** Closes the file of the noise. */
  close(): Promise<void> {
    return this.#noise.close();
  }
}

/** The two things that can stand in for a matrix. */
export type StandIn = "zeros" | "noise";

const NOISE_FILE = "noise.bin";

/** Windows start a page apart. */
const WINDOW_STEP = 4096;

/** Drawn at a time. */
const NOISE_BYTES = 4 << 20;
