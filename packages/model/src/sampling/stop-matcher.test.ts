import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createStopMatcher } from "./stop-matcher.ts";

/** Emitted pieces for pushed pieces, what flush gives, and the match. */
function feed(stops: readonly string[], pieces: readonly string[]) {
  const matcher = createStopMatcher(stops);
  const emitted = pieces.map((piece) => matcher.push(piece));
  return { emitted, rest: matcher.flush(), matched: matcher.matched };
}

/** Slow and clear: the first end at which some stop string is complete, the longest of those. */
function cutSlowly(stops: readonly string[], text: string) {
  for (let end = 1; end <= text.length; end++) {
    const complete = stops.filter((stop) => text.slice(0, end).endsWith(stop));
    const matched = complete.toSorted((a, b) => b.length - a.length)[0];
    if (matched !== undefined) return { text: text.slice(0, end - matched.length), matched };
  }
  return { text, matched: undefined };
}

describe("createStopMatcher", () => {
  it("emits the text before the stop string and nothing after it", () => {
    expect(feed(["END"], ["abcENDdef", "ghi"])).toEqual({
      emitted: ["abc", ""],
      rest: "",
      matched: "END",
    });
  });

  it("finds a stop string that is cut into pieces", () => {
    expect(feed(["\n\nUser:"], ["Hi\n", "\nUs", "er", ": x"])).toEqual({
      emitted: ["Hi", "", "", ""],
      rest: "",
      matched: "\n\nUser:",
    });
  });

  it("releases held text once it can no longer become a stop string", () => {
    expect(feed(["stop"], ["a st", "o", "ne"])).toEqual({
      emitted: ["a ", "", "stone"],
      rest: "",
      matched: undefined,
    });
  });

  it("holds back no more than the longest suffix that starts a stop string", () => {
    // after "aab" the suffix "b" starts none, after "aabaa" both "aa" and "a" start "aac"
    expect(feed(["aac"], ["aab", "aa", "ac"])).toEqual({
      emitted: ["aab", "", "a"],
      rest: "",
      matched: "aac",
    });
  });

  it("gives the held text back at the end", () => {
    expect(feed(["###"], ["x##"])).toEqual({ emitted: ["x"], rest: "##", matched: undefined });
  });

  it("takes the stop string that is complete first, of several the longest", () => {
    expect(feed(["abcd", "bc"], ["xabcd"])).toMatchObject({ emitted: ["xa"], matched: "bc" });
    expect(feed(["bc", "abc"], ["xabc"])).toMatchObject({ emitted: ["x"], matched: "abc" });
    expect(feed(["ab", "abc"], ["xabc"])).toMatchObject({ emitted: ["x"], matched: "ab" });
  });

  it("passes everything on without stop strings", () => {
    expect(feed([], ["a", "", "b"])).toEqual({
      emitted: ["a", "", "b"],
      rest: "",
      matched: undefined,
    });
  });

  it("never splits a character outside the basic plane", () => {
    // both emoji begin with the same code unit
    expect(feed(["🙂"], ["a🙃", "b🙂c"])).toEqual({
      emitted: ["a🙃", "b"],
      rest: "",
      matched: "🙂",
    });
  });

  it("cuts where a slow search cuts, however the text is split", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 40 });
    const stop = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(stop, { maxLength: 4 }), fc.array(letters), (stops, pieces) => {
        const { emitted, rest, matched } = feed(stops, pieces);
        const actual = { text: emitted.join("") + rest, matched };
        expect(actual).toEqual(cutSlowly(stops, pieces.join("")));
      }),
      { numRuns: 500 },
    );
  });

  it("takes linear time where a naive search takes quadratic", () => {
    const matcher = createStopMatcher([`${"a".repeat(5000)}b`]);
    const start = performance.now();
    let length = 0;
    for (let piece = 0; piece < 2000; piece++) length += matcher.push("a".repeat(100)).length;
    expect(length).toBe(200_000 - 5000);
    // 200,000 steps; comparing each of them with 5,000 letters would take minutes
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
