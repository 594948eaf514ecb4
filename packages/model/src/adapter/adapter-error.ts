/**
 * Why an adapter cannot be used: it is made for another shape of network, no adapter has the name, another has it already,
 * or the model was loaded without support of adapters.
 */
export type AdapterProblem = "shape" | "unknown" | "duplicate" | "not-enabled";

/** What an `AdapterError` says. */
export interface AdapterErrorFacts {
  readonly problem: AdapterProblem;
  readonly expected: string;
  readonly actual: string;
  readonly hint: string;
  /** Linear whose matrices do not fit. */
  readonly linear?: string | undefined;
}

/** An adapter cannot be used as it was asked for. */
export class AdapterError extends Error {
  override readonly name = "AdapterError";
  readonly code = "ERR_ADAPTER";
  /** Name of the adapter in its model; its path where it has none. */
  readonly adapter: string;
  readonly problem: AdapterProblem;
  readonly linear: string | undefined;
  readonly expected: string;
  readonly actual: string;

  constructor(adapter: string, facts: AdapterErrorFacts) {
    const { problem, expected, actual, hint, linear } = facts;
    const where = linear === undefined ? `adapter "${adapter}"` : `adapter "${adapter}": ${linear}`;
    super(`${where}: expected ${expected}, got ${actual} (${hint})`);
    this.adapter = adapter;
    this.problem = problem;
    this.linear = linear;
    this.expected = expected;
    this.actual = actual;
  }
}

/** No adapter has the name. */
export function unknownAdapter(name: string, known: Iterable<string>): AdapterError {
  const names = [...known].map((one) => `"${one}"`);
  return new AdapterError(name, {
    problem: "unknown",
    expected:
      names.length > 0 ? `one of ${names.join(", ")}` : "a loaded adapter, of which there is none",
    actual: `"${name}"`,
    hint: "load it with loadAdapter, or give adapter: null for the model without one",
  });
}

/** The name is taken. */
export function duplicateAdapter(name: string): AdapterError {
  return new AdapterError(name, {
    problem: "duplicate",
    expected: "a name that no adapter has",
    actual: "one that is loaded",
    hint: "unload that one first, or take another name",
  });
}

/** The model's graph takes no adapters. */
export function adaptersNotEnabled(name: string): AdapterError {
  return new AdapterError(name, {
    problem: "not-enabled",
    expected: "a model that takes adapters",
    actual: "one that was loaded without",
    hint: "loadModel(base, { adapters: {} })",
  });
}
