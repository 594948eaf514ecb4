import type { Term, Terms } from "../language/terms.ts";
import type { Bound, Conjunct } from "./conjunct.ts";
import { Decimals } from "./decimal.ts";

/**
 * Numbers as JSON writes them, under bounds. Digits are limited, for a number that goes on for ever is no number: 15 in all,
 * and two of the exponent, which only numbers without bounds have. Integers are written without point and exponent.
 */
export function numberLanguage(terms: Terms, { lower, upper }: Conjunct, isInteger: boolean): Term {
  const decimals = new Decimals(terms, isInteger);
  // -0 is left out: it means 0.
  const negative = terms.sequence(
    terms.literal("-"),
    terms.both([
      decimals.above(0, true),
      ...atLeast(decimals, upper === undefined ? undefined : negated(upper), terms),
      ...atMost(decimals, lower === undefined ? undefined : negated(lower), terms),
    ]),
  );
  const positive = terms.both([
    decimals.all,
    ...atLeast(decimals, lower, terms),
    ...atMost(decimals, upper, terms),
  ]);
  const plain = terms.either([positive, negative]);
  const hasExponent = !isInteger && lower === undefined && upper === undefined;
  return hasExponent ? terms.sequence(plain, terms.either([terms.empty, exponent(terms)])) : plain;
}

/** Whether a number is within the bounds. */
export function isWithin({ lower, upper }: Conjunct, value: number): boolean {
  if (lower !== undefined && (lower.isExclusive ? value <= lower.value : value < lower.value))
    return false;
  if (upper === undefined) return true;
  return upper.isExclusive ? value < upper.value : value <= upper.value;
}

function atLeast(decimals: Decimals, bound: Bound | undefined, terms: Terms): Term[] {
  if (bound === undefined || bound.value < 0) return [];
  return [
    bound.value === 0 && !bound.isExclusive
      ? terms.anyText
      : decimals.above(bound.value, bound.isExclusive),
  ];
}

function atMost(decimals: Decimals, bound: Bound | undefined, terms: Terms): Term[] {
  if (bound === undefined) return [];
  return [bound.value < 0 ? terms.none : decimals.below(bound.value, bound.isExclusive)];
}

function negated({ value, isExclusive }: Bound): Bound {
  return { value: -value, isExclusive };
}

function exponent(terms: Terms): Term {
  const pattern = (text: string): Term => terms.literals([...text]);
  const sign = terms.either([terms.empty, pattern("+-")]);
  const digits = terms.repeat(pattern("0123456789"), 1, 2);
  return terms.sequence(pattern("eE"), terms.sequence(sign, digits));
}
