import { z } from "zod";

/** A row of the log, as transformers' Trainer has them. */
export type LogRow = Readonly<Record<string, number>>;

/** What trainer_state.json tells of a run so far; names are transformers'. */
export interface TrainerState {
  readonly epoch: number;
  readonly global_step: number;
  readonly max_steps: number;
  readonly num_train_epochs: number;
  readonly train_batch_size: number;
  readonly logging_steps: number;
  readonly save_steps: number;
  readonly eval_steps: number | null;
  readonly num_input_tokens_seen: number;
  readonly best_metric: number | null;
  readonly best_model_checkpoint: string | null;
  readonly log_history: readonly LogRow[];
}

/** Keys that the Trainer always writes and that have no meaning here. */
const CONSTANT = {
  is_hyper_param_search: false,
  is_local_process_zero: true,
  is_world_process_zero: true,
  stateful_callbacks: {},
  total_flos: 0,
  trial_name: null,
  trial_params: null,
};

const schema = z.looseObject({
  epoch: z.number(),
  global_step: z.int().min(0),
  max_steps: z.int(),
  num_train_epochs: z.number(),
  train_batch_size: z.int().nullish(),
  logging_steps: z.number().nullish(),
  save_steps: z.number().nullish(),
  eval_steps: z.number().nullish(),
  num_input_tokens_seen: z.number().nullish(),
  best_metric: z.number().nullish(),
  best_model_checkpoint: z.string().nullish(),
  log_history: z.array(z.record(z.string(), z.number())),
});

/** The text of trainer_state.json, keys sorted as the Trainer sorts them. */
export function trainerStateJson(state: TrainerState): string {
  const entries = Object.entries({ ...CONSTANT, ...state }).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

/**
 * Reads trainer_state.json.
 *
 * @throws {z.ZodError} if it is none.
 */
export function parseTrainerState(json: unknown): TrainerState {
  const state = schema.parse(json);
  return {
    epoch: state.epoch,
    global_step: state.global_step,
    max_steps: state.max_steps,
    num_train_epochs: state.num_train_epochs,
    train_batch_size: state.train_batch_size ?? 0,
    logging_steps: state.logging_steps ?? 0,
    save_steps: state.save_steps ?? 0,
    eval_steps: state.eval_steps ?? null,
    num_input_tokens_seen: state.num_input_tokens_seen ?? 0,
    best_metric: state.best_metric ?? null,
    best_model_checkpoint: state.best_model_checkpoint ?? null,
    log_history: state.log_history,
  };
}
