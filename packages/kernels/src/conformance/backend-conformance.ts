import { describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { createReferenceBackend } from "../backends/reference/reference-backend.ts";
import { Graph } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import { conformanceCases } from "./cases.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { seededWeights } from "./seeded-weights.ts";

/** float32 sums in another order: 1e-5 of the value plus 1e-5 for values near zero. */
const RELATIVE = 1e-5;
const ABSOLUTE = 1e-5;

/** Options of a conformance run. */
export interface ConformanceOptions {
  /** Case title to the reason why this backend does not run it. */
  readonly skip?: Readonly<Record<string, string>>;
}

/**
 * Runs the whole contract on a backend and compares each output with the reference backend's.
 *
 * @param name - Name in titles.
 * @param create - Makes the backend, once for all cases.
 */
export function backendConformance(
  name: string,
  create: () => Backend | Promise<Backend>,
  { skip = {} }: ConformanceOptions = {},
): void {
  describe(`backend ${name}`, () => {
    const backend = Promise.resolve().then(create);
    for (const conformanceCase of conformanceCases) {
      const reason = skip[conformanceCase.title];
      const title = `${conformanceCase.title} agrees with the reference`;
      it.skipIf(reason !== undefined)(
        reason ? `${title} (skipped: ${reason})` : title,
        async () => {
          await checkCase(await backend, conformanceCase);
        },
      );
    }
  });
}

async function checkCase(backend: Backend, conformanceCase: ConformanceCase): Promise<void> {
  const graph = new Graph();
  conformanceCase.build(graph);
  const weights = seededWeights(graph);
  await using expected = await createReferenceBackend().compile(graph, weights);
  await using actual = await backend.compile(graph, weights);
  const before = structuredClone(conformanceCase.feeds);
  const [want, got] = [
    await expected.run(conformanceCase.feeds),
    await actual.run(conformanceCase.feeds),
  ];
  expect(Object.keys(got)).toEqual(Object.keys(want));
  const { tolerance = ABSOLUTE } = conformanceCase;
  for (const [output, tensor] of Object.entries(want))
    expectClose(output, got[output], tensor, tolerance);
  expect(conformanceCase.feeds).toEqual(before);
}

function expectClose(
  output: string,
  got: Tensor | undefined,
  want: Tensor,
  absolute: number,
): void {
  expect(got?.shape, output).toEqual(want.shape);
  for (const [i, value] of want.data.entries()) {
    const actual = got?.data[i] ?? Infinity;
    if (Object.is(actual, value)) continue; // NaN for NaN
    const difference = Math.abs(actual - value);
    if (!(difference <= absolute + RELATIVE * Math.abs(value))) {
      expect.fail(`${output}[${i}]: expected ${value}, got ${got?.data[i]}`);
    }
  }
}
