import { ShapeError } from "./errors.ts";
import type { DType, Shape, TensorType } from "./tensor-type.ts";
import { weightParts, type WeightFormat } from "./weight-format.ts";

/**
 * The graph: values and the nodes that make them, in an order in which they can run.
 *
 *   input ──┐
 *           ├─ node(op, attributes) ── value ── node ── … ── output
 *   weight ─┘
 *
 * It holds no numbers. A weight is a name, a shape and a format; its bytes come from a `WeightReader`
 * when a backend compiles the graph. That is why a 7B graph is a few hundred small objects.
 */

/** A tensor in the graph: an input, a weight, or what a node makes. */
export interface Value extends TensorType {
  readonly id: number;
  /** Name of an input, weight or output; other values have none. */
  readonly name?: string;
}

/** A tensor whose bytes are known before any run; `name` is the checkpoint's key. */
export interface Weight extends Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly format: WeightFormat;
}

/** What an op is to the graph: its name and its shape rule. One per room (`ops/<name>/op.ts`). */
export interface Op<Attributes> {
  readonly name: string;
  /**
   * Types of the outputs, from the types of the inputs.
   * @throws {ShapeError | DTypeError} naming the op and both shapes.
   */
  infer(inputs: readonly TensorType[], attributes: Attributes): TensorType[];
}

/** One application of an op. */
export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: unknown;
}

/** Builds and holds a graph. Values may only be used in the graph that made them. */
export class Graph {
  readonly inputs: Value[] = [];
  readonly weights: Weight[] = [];
  readonly nodes: GraphNode[] = [];
  readonly outputs = new Map<string, Value>();
  #nextId = 0;

  /** Declares an input that each run must feed. */
  input(name: string, dtype: DType, shape: Shape): Value {
    this.#claimName(name);
    const value = { id: this.#nextId++, name, dtype, shape };
    this.inputs.push(value);
    return value;
  }

  /**
   * Declares a weight; `name` is the key a `WeightReader` will be asked for.
   *
   * @throws {ShapeError} if the format cannot hold the shape.
   */
  weight(name: string, shape: readonly number[], format: WeightFormat = { kind: "f32" }): Weight {
    this.#claimName(name);
    weightParts(format, shape, name);
    const value = { id: this.#nextId++, name, dtype: "f32", shape, format } as const;
    this.weights.push(value);
    return value;
  }

  /** Applies an op; the op's own function (`rmsNorm(g, …)`) is the nicer way in. */
  apply<Attributes>(op: Op<Attributes>, inputs: readonly Value[], attributes: Attributes): Value[] {
    const outputs = op.infer(inputs, attributes).map((type) => ({ id: this.#nextId++, ...type }));
    this.nodes.push({ op: op.name, inputs, outputs, attributes });
    return outputs;
  }

  /** Names a value as something a run can return. */
  output(name: string, value: Value): void {
    if (this.outputs.has(name))
      throw new Error(`graph: expected a new output name, got "${name}" twice`);
    this.outputs.set(name, value);
  }

  #claimName(name: string): void {
    if (
      this.inputs.some((value) => value.name === name) ||
      this.weights.some((w) => w.name === name)
    ) {
      throw new Error(`graph: expected a new input or weight name, got "${name}" twice`);
    }
  }
}

/** Applies an op with one output. */
export function applyOne<Attributes>(
  g: Graph,
  op: Op<Attributes>,
  inputs: readonly Value[],
  attributes: Attributes,
): Value {
  const [value] = g.apply(op, inputs, attributes);
  if (value === undefined) throw new ShapeError(op.name, "one output", []);
  return value;
}
