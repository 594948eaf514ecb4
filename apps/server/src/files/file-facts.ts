import { z } from "zod";

/** What lies beside the content of a file. */
export const fileFactsSchema = z.object({
  id: z.string(),
  /** Milliseconds since 1970. */
  createdMs: z.number(),
  filename: z.string(),
  /** To train and evaluate on, or what came of a job. */
  purpose: z.enum(["fine-tune", "fine-tune-results"]),
  sizeBytes: z.number(),
  /** Conversations in it; null where it has none. */
  rows: z.number().nullable(),
});

/** A file that is stored. */
export type FileFacts = Readonly<z.output<typeof fileFactsSchema>>;

/** A file, as OpenAI's API tells it. What could not be used was refused, so that all are processed. */
export function fileBody({ id, createdMs, filename, purpose, sizeBytes }: FileFacts) {
  return {
    id,
    object: "file" as const,
    bytes: sizeBytes,
    created_at: Math.floor(createdMs / 1000),
    filename,
    purpose,
    status: "processed" as const,
  };
}
