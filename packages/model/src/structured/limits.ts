/** Limits on response formats, which may come from strangers: each bounds time and memory of a compilation. */

/** Characters of a schema's JSON text; published schemas of whole APIs stay below 100,000. */
export const MAX_SCHEMA_CHARACTERS = 262_144;
/** Levels of arrays and objects in a schema's JSON text: the readers are recursive. */
export const MAX_SCHEMA_DEPTH = 100;
/** Distinct conjunctions of sub-schemas. */
export const MAX_RULES = 10_000;
/** Alternatives that `anyOf` and `oneOf` inside an `allOf` multiply to. */
export const MAX_ALTERNATIVES = 256;
/** States of the automaton; `minItems`, `maxItems`, `minLength` and `maxLength` are counted out in states. */
export const MAX_STATES = 300_000;
/** Characters of one pattern. */
export const MAX_PATTERN_CHARACTERS = 8_192;
/** Nested groups of a pattern. */
export const MAX_PATTERN_DEPTH = 50;
/** States of the automaton of one pattern, string or number. */
export const MAX_TEXT_STATES = 20_000;
/** Derivatives taken in one compilation: about a second. */
export const MAX_DERIVATIVES = 1_000_000;
/** Choices, and entries of one `enum`. */
export const MAX_CHOICES = 10_000;
/** Characters of all choices together. */
export const MAX_CHOICE_CHARACTERS = 262_144;
/** Rules that are open at once: bounds the nesting of recursive values. An array in an object opens about two. */
export const MAX_OPEN_RULES = 160;
/** Bytes of the shortest text; beyond it nothing that a model writes would ever end. */
export const MAX_SHORTEST_BYTES = 100_000;
/** Ways in which one prefix may be read at once; only ambiguous recursive schemas have more than a few. */
export const MAX_READINGS = 2_048;
/** Sets of states kept per grammar, about 1 KB each; beyond it they are made anew. */
export const MAX_KEPT_SETS = 20_000;
/** Masks kept per grammar, at most 16 KB each. */
export const MAX_KEPT_MASKS = 1_024;
/** Compiled grammars kept. */
export const MAX_KEPT_GRAMMARS = 16;
