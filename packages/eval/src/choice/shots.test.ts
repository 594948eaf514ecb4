import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { madeUpRows } from "../__fixtures__/made-up-rows.ts";
import { drawShots, readShots } from "./shots.ts";

const rows = ["a", "b", "c", "d", "e", "f", "g", "h"];

describe("drawShots", () => {
  it("draws what an independent Philox in Python draws", () => {
    // u(1234, 0, i) = 0.127, 0.621, 0.249, 0.712, 0.081: places 1, 5, 3, 6, 4 after the swaps
    const { shots, asked, notes } = drawShots(rows, "rows.json", {});
    expect(shots).toEqual(["b", "f", "d", "g", "e"]);
    expect(asked).toEqual(["a", "c", "h"]);
    expect(notes).toEqual(["5 of 8 rows, drawn with seed 1234, are kept for examples"]);
    expect(drawShots(rows, "rows.json", { seed: 1 }).shots).toEqual(["h", "f", "d", "g", "e"]);
  });

  it("asks the same rows with fewer examples", () => {
    const five = drawShots(rows, "rows.json", {});
    const two = drawShots(rows, "rows.json", { shots: 2 });
    expect(two.shots).toEqual(five.shots.slice(0, 2));
    expect(two.asked).toEqual(five.asked);
    expect(drawShots(rows, "rows.json", { shots: 0 })).toMatchObject({ shots: [] });
  });

  it("draws more where more examples are asked for, and says how many there are", () => {
    expect(drawShots(rows, "rows.json", { shots: 7 }).asked).toHaveLength(1);
    expect(() => drawShots(rows, "rows.json", { shots: 8 })).toThrow(
      "rows.json: expected more than 8 rows to draw examples from, got 8 (ask for fewer shots)",
    );
  });
});

describe("readShots", () => {
  const there = join(madeUpRows("medmcqa"), "train.json");
  const read = async (): Promise<string[]> => ["x", "y"];

  it("takes the first of the file that is there", async () => {
    const files = ["nowhere.json", there];
    const { shots, asked } = await readShots(rows, "rows.json", { files, read, shots: 1 });
    expect({ shots, asked }).toEqual({ shots: ["x"], asked: rows });
  });

  it("refuses to ask for more examples than there are", async () => {
    await expect(readShots(rows, "rows.json", { files: [there], read })).rejects.toThrow(
      `${there}: expected 5 examples, got 2 (ask for 0 to 2 shots)`,
    );
  });

  it("draws them from the rows that are asked only where that is allowed", async () => {
    const files = ["nowhere.json"];
    await expect(readShots(rows, "rows.json", { files, read })).rejects.toThrow(
      "nowhere.json: expected a file with examples, got nothing (`--held-out-shots` takes them from the rows that are asked)",
    );
    const held = await readShots(rows, "rows.json", { files, read, heldOutShots: true });
    expect(held.asked).toEqual(["a", "c", "h"]);
  });

  it("needs no file for no examples", async () => {
    const options = { files: ["nowhere.json"], read, shots: 0 };
    expect(await readShots(rows, "rows.json", options)).toMatchObject({ asked: rows });
  });
});
