/**
 * Keys of PEFT's `rank_pattern` and `alpha_pattern`: regular expressions that match names of linears, or ends of names behind
 * a dot. PEFT takes the first key for which `re.match(rf"(.*\.)?({key})$", name)` holds.
 *
 * The file may come from a stranger, and a backtracking engine takes exponential time for some patterns. So nothing here
 * backtracks: names (with `.` for any character, as in every expression) are compared character by character, and whatever
 * else an expression has is matched by derivatives (`structured/language`), one step per character. Their number is bounded
 * for all keys together. What is not regular (backreferences, lookbehinds, `\b`), and `^` and `$` other than around the whole
 * of a key, is refused.
 *
 * @see peft `get_pattern_key`, https://github.com/huggingface/peft/blob/003369494699fedd543fe38d16e52df96aeae743/src/peft/utils/other.py
 */
import { UnsupportedError } from "@baichuan2/kernels";
import { Derivatives } from "../structured/language/derivative.ts";
import { patternLanguage } from "../structured/language/pattern.ts";
import { Terms, type Term } from "../structured/language/terms.ts";
import { ResponseFormatError } from "../structured/response-format-error.ts";

/** Names of linears have about 40 characters, with every dot escaped 45. */
const MAX_KEY_CHARACTERS = 512;
/** A key for each linear of the largest published shape is 280. */
const MAX_KEYS = 2000;

/** Values by pattern, as adapter_config.json has them. */
export type ModulePatterns = Readonly<Record<string, number>>;

type Matcher = (name: string) => boolean;

/** Compiled patterns, as long as their config lives. */
const compiled = new WeakMap<ModulePatterns, readonly (readonly [Matcher, number])[]>();

/**
 * The value of the first pattern that matches a linear; undefined if none does.
 *
 * @throws {UnsupportedError} as `compilePatterns`, or if matching takes too many steps.
 */
export function patternValue(patterns: ModulePatterns, linear: string): number | undefined {
  const matchers = compiled.get(patterns) ?? compilePatterns(patterns, "a config");
  return matchers.find(([matches]) => matches(linear))?.[1];
}

/**
 * Compiles patterns ahead, for errors before any matrix is read.
 *
 * @param where - Key and file, for errors.
 * @throws {UnsupportedError} for patterns that cannot be matched, or not safely.
 */
export function compilePatterns(
  patterns: ModulePatterns,
  where: string,
): readonly (readonly [Matcher, number])[] {
  const entries = Object.entries(patterns);
  if (entries.length > MAX_KEYS)
    refuse(`${entries.length} keys of ${where}`, `at most ${MAX_KEYS}`);
  const terms = new Terms();
  const matchers = entries.map(([key, value]) => [matcherOf(terms, key, where), value] as const);
  compiled.set(patterns, matchers);
  return matchers;
}

/** Letters, digits, `_`, `-`, any character, and escaped punctuation: what names become in patterns. */
const NAME = /^(?:[\w.-]|\\[._-])*$/;

function matcherOf(terms: Terms, key: string, where: string): Matcher {
  if (key.length > MAX_KEY_CHARACTERS)
    refuse(`a key of ${key.length} characters of ${where}`, `at most ${MAX_KEY_CHARACTERS}`);
  const isAnchored = key.startsWith("^") && !key.includes("|");
  const pattern = isAnchored ? key.slice(1) : key;
  if (NAME.test(pattern)) return nameMatcher(pattern, isAnchored);
  const safely = <Result>(work: () => Result): Result => refusing(`"${key}" of ${where}`, work);
  const matcher = safely(() => languageMatcher(terms, pattern, isAnchored));
  return (name) => safely(() => matcher(name));
}

/** Compares the end of a name with a text in which an unescaped dot stands for any character. */
function nameMatcher(text: string, isAnchored: boolean): Matcher {
  const characters = text.match(/\\?[^]/g) ?? [];
  const wanted = characters.map((one) => (one === "." ? undefined : one.replace("\\", "")));
  return (name) => {
    const first = name.length - wanted.length;
    if (first < 0 || (first > 0 && (isAnchored || name[first - 1] !== "."))) return false;
    return wanted.every((one, i) => one === undefined || one === name[first + i]);
  };
}

/** Takes derivatives, each once: the automaton of the pattern, as far as names lead into it. */
function languageMatcher(terms: Terms, pattern: string, isAnchored: boolean): Matcher {
  patternLanguage(terms, pattern, "whole"); // by itself: `a)|(b` is none
  const language = patternLanguage(terms, `(?:${pattern})`, "whole");
  const path = terms.sequence(terms.anyText, terms.literal("."));
  const start = isAnchored ? language : terms.either([language, terms.sequence(path, language)]);
  const derivatives = new Derivatives(terms);
  const known = new Map<Term, Map<string, Term>>();
  const follow = (term: Term, character: string): Term => {
    const next = known.get(term) ?? new Map<string, Term>();
    known.set(term, next);
    const code = character.codePointAt(0) as number;
    const target = next.get(character) ?? derivatives.of(term, code);
    next.set(character, target);
    return target;
  };
  return (name) => [...name].reduce(follow, start).isNullable;
}

function refusing<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ResponseFormatError)) throw error;
    return refuse(what, `${error.expected}, got ${error.actual}`);
  }
}

function refuse(what: string, expected: string): never {
  const hint = `expected ${expected}: write names of linears, or simple regular expressions`;
  throw new UnsupportedError("adapter", what, hint);
}
