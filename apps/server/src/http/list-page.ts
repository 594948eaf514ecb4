import { z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors/api-error.ts";

/** Fields of a query that asks for a part of a list. */
export function pageFields(normally: number, most: number) {
  return {
    after: z
      .string()
      .optional()
      .openapi({ description: "Id of the last item of the page before." }),
    limit: z.coerce.number().int().min(1).max(most).default(normally),
  };
}

/**
 * A part of a list, as the client's `CursorPage` reads it.
 *
 * @param items - All of them, in the order in which they are told.
 * @throws {ApiError} 400 where nothing has the id `after`.
 */
export function listPage<Item extends { readonly id: string }>(
  items: readonly Item[],
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
) {
  const begin = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && begin === 0)
    throw invalidRequest(
      `after: expected the id of an item of the list, got ${JSON.stringify(after.slice(0, 100))}`,
      { param: "after" },
    );
  const data = items.slice(begin, begin + limit);
  return {
    object: "list" as const,
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: begin + limit < items.length,
  };
}
