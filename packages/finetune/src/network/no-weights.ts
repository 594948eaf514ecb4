import type { WeightReader } from "@baichuan2/kernels";

/** For graphs whose weights are inputs. */
export const noWeights: WeightReader = {
  read(name) {
    throw new Error(`training: expected graphs without weights, got "${name}"`);
  },
};
