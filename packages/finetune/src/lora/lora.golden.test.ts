import { openAdapter } from "@baichuan2/model";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import {
  GoldenTrainer,
  largestDifference,
  relativeError,
} from "../network/__fixtures__/golden-trainer.ts";
import { adapterKeys, adapterParameters } from "./adapter-parameters.ts";

/** The tolerances of the golden data's README; a rate of 5e-4 moves parameters 25 times as far as the full run's. */
const GRADIENT = 1e-5;
const LOSS = 1e-5;
const PARAMETER = 1e-4;

interface Run {
  readonly losses: readonly { readonly loss: number; readonly grad_norm: number }[];
}

describe.each(["t7", "t13"])("an adapter of %s", (name) => {
  describeShared("as PEFT trains", `model/lora/${name}.manifest.json`, () => {
    const golden = readGolden(sharedData(`model/lora/${name}.manifest.json`));
    const open = async (rank: string, recompute = true): Promise<GoldenTrainer> => {
      const adapter = await openAdapter(sharedData(`model/lora/${name}-${rank}/initial`));
      const trained = adapterParameters(adapter, { numHiddenLayers: 3, dropout: 0 });
      return GoldenTrainer.open({
        path: sharedData(`model/models/${name}/safetensors-bf16`),
        batches: readGolden(sharedData(`model/train/${name}.manifest.json`)),
        learningRate: 5e-4,
        network: {
          recompute,
          trained: adapterKeys(trained.targets),
          trainedOutside: [],
          lora: trained.targets,
        },
        parameters: trained.parameters,
      });
    };

    it.each([
      ["r1", true],
      ["r8", true],
      ["r8", false],
    ])("gradients with rank %s (recompute: %s)", async (rank, recompute) => {
      await using trainer = await open(rank, recompute);
      const { gradients } = await trainer.gradients(0);
      const prefix = `${rank}.grad.base_model.model.`;
      const names = golden.names.filter((key) => key.startsWith(prefix));
      expect(names).toHaveLength([...gradients.entries()].length);
      for (const key of names) {
        const actual = gradients.get(key.slice(prefix.length)) ?? new Float32Array();
        expect(relativeError(actual, golden.floats(key)), key).toBeLessThan(GRADIENT);
      }
    });

    it.each(["r1", "r8"])("20 steps with rank %s, and the adapter then", async (rank) => {
      await using trainer = await open(rank);
      const { losses } = (golden.meta["runs"] as Record<string, Run>)[rank] as Run;
      for (const [step, { loss, grad_norm }] of losses.entries()) {
        const got = await trainer.step(step);
        expect(Math.abs(got.loss - loss), `step ${step + 1}`).toBeLessThan(LOSS);
        expect(Math.abs(got.norm / grad_norm - 1)).toBeLessThan(GRADIENT);
      }
      for (const folder of ["final-safetensors", "final-bin"]) {
        const final = await openAdapter(sharedData(`model/lora/${name}-${rank}/${folder}`));
        for (const [linear, { a, b }] of final.linears) {
          const of = (side: string): Float32Array =>
            trainer.parameters.get(`${linear}.lora_${side}.weight`) ?? new Float32Array();
          expect(largestDifference(of("A"), a)).toBeLessThan(PARAMETER);
          expect(largestDifference(of("B"), b)).toBeLessThan(PARAMETER);
        }
      }
    });
  });
});
