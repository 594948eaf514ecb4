/**
 * Decimal numbers without a sign as languages: `12.5`. Comparisons with a bound are on the digits, hence exact.
 */
import { codePointSet } from "../language/code-point-set.ts";
import type { Term, Terms } from "../language/terms.ts";

/**
 * Digits before and after the point together that a double keeps whatever they are: a decimal with more could be rounded
 * over a bound.
 */
const EXACT_DIGITS = 15;

/** Languages of unsigned decimals of at most 15 digits, the zero before a point not counted. */
export class Decimals {
  /** All of them. */
  readonly all: Term;
  readonly #terms: Terms;
  readonly #digit: Term;

  constructor(terms: Terms, isInteger: boolean) {
    this.#terms = terms;
    this.#digit = this.#digits(0, 9);
    const lengths = Array.from({ length: EXACT_DIGITS }, (_, index) => index + 1);
    const wholes = lengths.map((length) => this.#ofLength(length, length));
    const parts = [terms.literal("0"), ...wholes].map((whole, length) =>
      isInteger ? whole : terms.sequence(whole, this.#fraction(EXACT_DIGITS - length)),
    );
    this.all = terms.either(parts);
  }

  /** Those greater than a bound, or equal to it unless `isExclusive`. */
  above(bound: number, isExclusive: boolean): Term {
    const terms = this.#terms;
    const [integer, fraction] = decimalDigits(bound);
    const point = terms.literal(".");
    const tail = terms.either([terms.empty, terms.sequence(point, terms.anyText)]);
    const larger = terms.sequence(this.#largerIntegers(integer), tail);
    const greater = terms.sequence(point, this.#greaterFractions(fraction, isExclusive));
    const isWhole = fraction === "";
    const equal = terms.either([greater, isWhole && !isExclusive ? tail : terms.none]);
    return terms.both([
      this.all,
      terms.either([larger, terms.sequence(terms.literal(integer), equal)]),
    ]);
  }

  /** Those smaller than a bound, or equal to it unless `isExclusive`. */
  below(bound: number, isExclusive: boolean): Term {
    return this.#terms.both([this.all, this.#terms.not(this.above(bound, !isExclusive))]);
  }

  #largerIntegers(integer: string): Term {
    return this.#terms.either([
      this.#ofLength(integer.length + 1, EXACT_DIGITS),
      ...[...integer].map((digit, index) =>
        this.#sequence([
          this.#terms.literal(integer.slice(0, index)),
          this.#digits(Number(digit) + 1, 9),
          this.#count(integer.length - index - 1),
        ]),
      ),
    ]);
  }

  #greaterFractions(fraction: string, isExclusive: boolean): Term {
    const terms = this.#terms;
    const more = [...fraction].map((digit, index) =>
      this.#sequence([
        terms.literal(fraction.slice(0, index)),
        this.#digits(Number(digit) + 1, 9),
        terms.anyText,
      ]),
    );
    // Equal digits, then something above zero: 0.50 is not greater than 0.5, but 0.501 is.
    const rest = isExclusive
      ? this.#sequence([
          terms.repeat(terms.literal("0"), 0, Infinity),
          this.#digits(1, 9),
          terms.anyText,
        ])
      : terms.anyText;
    return terms.either([...more, terms.sequence(terms.literal(fraction), rest)]);
  }

  /** Nothing, or a point and digits. */
  #fraction(maxDigits: number): Term {
    const { empty, none } = this.#terms;
    const digits = maxDigits === 0 ? none : this.#terms.repeat(this.#digit, 1, maxDigits);
    return this.#terms.either([empty, this.#terms.sequence(this.#terms.literal("."), digits)]);
  }

  #ofLength(min: number, max: number): Term {
    if (max < min) return this.#terms.none;
    const rest = this.#terms.repeat(this.#digit, min - 1, max - 1);
    return this.#terms.sequence(this.#digits(1, 9), rest);
  }

  #count(length: number): Term {
    return this.#terms.repeat(this.#digit, length, length);
  }

  #digits(first: number, last: number): Term {
    if (first > last) return this.#terms.none;
    return this.#terms.characters(codePointSet([[0x30 + first, 0x30 + last]]));
  }

  #sequence(parts: readonly Term[]): Term {
    return parts.reduceRight((rest, part) => this.#terms.sequence(part, rest), this.#terms.empty);
  }
}

/** Digits before and after the point of a number from 0, without exponent and zeros at the end. */
export function decimalDigits(value: number): [integer: string, fraction: string] {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = digits.padStart(digits.length + Math.max(0, 1 - point), "0");
  const at = Math.max(1, point);
  const integer = padded
    .slice(0, at)
    .padEnd(at, "0")
    .replace(/^0+(?=\d)/u, "");
  return [integer, padded.slice(at).replace(/0+$/u, "")];
}
