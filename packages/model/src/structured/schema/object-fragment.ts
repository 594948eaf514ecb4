import type { AutomatonBuilder, Rule } from "../automaton/automaton-builder.ts";
import { addSeparator } from "./separator.ts";

/** A property that an object may or must have. */
export interface PropertyRule {
  /** The key as JSON, with its quotes; a language of keys for other properties. */
  readonly key: Rule;
  readonly value: Rule;
  readonly isRequired: boolean;
}

/**
 * Reads an object: the listed properties in their order, then any number of others.
 *
 * ```
 *   {  first₀ --p₀--> later₁ --,p₁--> later₂ --}-->      first: nothing has been written, so no comma
 *        └─skip─> first₁ --p₁---------^
 * ```
 */
export function addObject(
  builder: AutomatonBuilder,
  from: number,
  properties: readonly PropertyRule[],
  others: PropertyRule | undefined,
  to: number,
): void {
  const end = builder.state();
  builder.ascii(end, "}", to);
  let first = builder.state();
  builder.ascii(from, "{", first);
  let later = builder.state();
  for (const property of properties) {
    const nextFirst = builder.state();
    const nextLater = builder.state();
    addProperty(builder, first, property, nextLater);
    addProperty(builder, afterComma(builder, later), property, nextLater);
    if (!property.isRequired) {
      builder.skip(first, nextFirst);
      builder.skip(later, nextLater);
    }
    [first, later] = [nextFirst, nextLater];
  }
  if (others !== undefined) {
    addProperty(builder, first, others, later);
    addProperty(builder, afterComma(builder, later), others, later);
  }
  builder.skip(first, end);
  builder.skip(later, end);
}

function afterComma(builder: AutomatonBuilder, from: number): number {
  const state = builder.state();
  addSeparator(builder, from, ",", state);
  return state;
}

function addProperty(
  builder: AutomatonBuilder,
  from: number,
  { key, value }: PropertyRule,
  to: number,
): void {
  const [afterKey, beforeValue] = [builder.state(), builder.state()];
  builder.call(from, key, afterKey);
  addSeparator(builder, afterKey, ":", beforeValue);
  builder.call(beforeValue, value, to);
}
