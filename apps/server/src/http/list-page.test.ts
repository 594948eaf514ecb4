import { expect, it } from "vitest";
import { listPage } from "./list-page.ts";

const items = ["a", "b", "c"].map((id) => ({ id }));

it("listPage gives what comes behind an item, and tells whether there is more", () => {
  expect(listPage(items, { limit: 2 })).toEqual({
    object: "list",
    data: [{ id: "a" }, { id: "b" }],
    first_id: "a",
    last_id: "b",
    has_more: true,
  });
  expect(listPage(items, { after: "b", limit: 2 })).toMatchObject({
    data: [{ id: "c" }],
    has_more: false,
  });
  expect(listPage(items, { after: "c", limit: 2 })).toMatchObject({ data: [], last_id: null });
});

it("listPage refuses to begin behind what is not there", () => {
  expect(() => listPage(items, { after: "d", limit: 2 })).toThrow(/^after: expected the id/);
});
