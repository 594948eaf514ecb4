import { createReferenceBackend } from "../../backends/reference/reference-backend.ts";
import { seededFloats } from "../../conformance/seeded.ts";
import { differentiate } from "../differentiate.ts";
import { Graph, type Value } from "../graph.ts";
import { elementCount, type Tensor } from "../tensor.ts";

/** A function of tensors, as a graph. */
export interface Function {
  /** Numbers of each input, float64. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Inputs to differentiate by. */
  readonly by: readonly string[];
  readonly build: (g: Graph, values: Readonly<Record<string, Value>>) => readonly Value[];
}

/** A float64 tensor of numbers of chance; the reference backend computes with whatever numbers it is given. */
export function doubles(seed: number, ...shape: number[]): Tensor {
  const data = Float64Array.from(seededFloats(seed, elementCount(shape)));
  return { dtype: "f32", shape, data: data as unknown as Float32Array };
}

/** The loss is `Σ weights · outputs`, with weights of chance. */
export async function compareGradients({ inputs, by, build }: Function): Promise<number> {
  const g = new Graph();
  const values = declare(g, inputs);
  const outputs = build(g, values);
  const weights = outputs.map(({ shape }, i) => doubles(100 + i, ...(shape as number[])));
  const seeds = outputs.map((value, i) => {
    return { value, gradient: g.input(`seed${i}`, "f32", value.shape) };
  });
  for (const [i, value] of outputs.entries()) g.output(`y${i}`, value);
  const wrt = by.map((name) => values[name]);
  for (const [i, gradient] of differentiate(g, seeds, wrt).entries())
    g.output(`d${by[i]}`, gradient);

  await using executable = await createReferenceBackend().compile(g, { async *read() {} });
  const seedFeeds = Object.fromEntries(weights.map((tensor, i) => [`seed${i}`, tensor]));
  const run = (feeds: Readonly<Record<string, Tensor>>) =>
    executable.run({ ...feeds, ...seedFeeds });
  const loss = async (feeds: Readonly<Record<string, Tensor>>): Promise<number> => {
    const results = await run(feeds);
    return weights.reduce((sum, { data }, i) => sum + dot(data, results[`y${i}`].data), 0);
  };
  const analytic = await run(inputs);
  let worst = 0;
  for (const name of by) {
    const numeric = await numericGradient(inputs, name, loss);
    worst = Math.max(worst, relativeError(analytic[`d${name}`].data, numeric));
  }
  return worst;
}

function declare(g: Graph, inputs: Readonly<Record<string, Tensor>>): Record<string, Value> {
  const entries = Object.entries(inputs);
  return Object.fromEntries(
    entries.map(([name, { dtype, shape }]) => [name, g.input(name, dtype, shape)]),
  );
}

/** Central differences, whose error is of the order of the step squared. */
async function numericGradient(
  inputs: Readonly<Record<string, Tensor>>,
  name: string,
  loss: (feeds: Readonly<Record<string, Tensor>>) => Promise<number>,
): Promise<Float64Array> {
  const step = 1e-5;
  const tensor = inputs[name];
  const at = (index: number, shift: number): Promise<number> => {
    const data = tensor.data.slice();
    data[index] += shift;
    return loss({ ...inputs, [name]: { ...tensor, data } as Tensor });
  };
  const gradient = new Float64Array(tensor.data.length);
  for (let i = 0; i < gradient.length; i++)
    gradient[i] = ((await at(i, step)) - (await at(i, -step))) / (2 * step);
  return gradient;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** `‖actual − expected‖ / ‖expected‖`. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [errors, squares] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    errors += (actual[i] - expected[i]) ** 2;
    squares += expected[i] ** 2;
  }
  return Math.sqrt(errors / squares);
}
