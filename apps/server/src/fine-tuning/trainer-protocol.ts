import type { TrainingEvent } from "@baichuan2/finetune";

/** What the server tells the process that trains. */
export type TrainerRequest =
  | {
      readonly type: "train";
      /** As `parseTrainingArguments` takes them. */
      readonly args: Readonly<Record<string, unknown>>;
      readonly threads: number | undefined;
    }
  /** End after the layer at hand; checkpoints stay. */
  | { readonly type: "stop" };

/** What the process that trains tells the server. */
export type TrainerMessage =
  | { readonly type: "event"; readonly event: TrainingEvent }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "done" }
  | { readonly type: "stopped" }
  | { readonly type: "failed"; readonly error: TrainerError };

/** An error on its way between processes. */
export interface TrainerError {
  readonly name: string;
  /** Of an error class of ours or of the system. */
  readonly code: string | undefined;
  readonly message: string;
}
