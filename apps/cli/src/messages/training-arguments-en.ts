import type { TrainingArgumentName } from "@baichuan2/finetune/arguments";

/** What each argument of a training run does, in English; an argument without a line does not compile. */
export const trainingArgumentsEn = {
  "finetune.model_name_or_path":
    "the model to train: directory of a checkpoint, or an id of the Hugging Face hub",
  "finetune.data_path":
    "training data: .json or .jsonl (also .gz) with conversations, messages, instruction/output or input_ids",
  "finetune.eval_data_path": "data for evaluation, in the same forms",
  "finetune.eval_split": "share of the training data that is held back for evaluation",
  "finetune.output_dir":
    "where checkpoints, the result, train_log.jsonl and report.html are written",
  "finetune.model_max_length": "longest text in tokens; what is behind it is cut off",
  "finetune.packing":
    "put several short texts into one row, each for itself, so that less is padding",
  "finetune.num_train_epochs": "passes over the data; a fraction ends within one",
  "finetune.max_steps": "optimizer steps of the run; above 0 it counts instead of num_train_epochs",
  "finetune.per_device_train_batch_size": "rows of a batch",
  "finetune.per_device_eval_batch_size": "rows of a batch of evaluation",
  "finetune.gradient_accumulation_steps": "batches of one optimizer step",
  "finetune.learning_rate": "highest learning rate",
  "finetune.lr_scheduler_type": "course of the learning rate after the warm-up",
  "finetune.warmup_ratio": "share of all steps in which the learning rate rises from 0",
  "finetune.warmup_steps": "the same in steps; above 0 it counts instead of warmup_ratio",
  "finetune.adam_beta1": "AdamW: decay of the mean of gradients",
  "finetune.adam_beta2": "AdamW: decay of the mean of their squares",
  "finetune.adam_epsilon": "AdamW: what keeps the division from 0",
  "finetune.weight_decay": "AdamW: share by which weights shrink, times the learning rate",
  "finetune.decay_norms": "let weight_decay apply to norms too, as transformers did before 2025",
  "finetune.max_grad_norm": "longer gradients are shortened to this norm; 0 clips nothing",
  "finetune.loss_normalization":
    "mean of the batches' means, as transformers, or over all tokens of the step",
  "finetune.z_loss_weight":
    "weight of the z-loss; without it the model's own (z_loss_weight in config.json)",
  "finetune.optim": "optimizer",
  "finetune.use_lora": "train a LoRA adapter and leave the weights as they are",
  "finetune.lora_r": "LoRA: rank",
  "finetune.lora_alpha": "LoRA: the adapter is scaled by alpha / r",
  "finetune.lora_dropout": "LoRA: share of the adapter's inputs that a step leaves out",
  "finetune.lora_target_modules":
    "LoRA: linear layers that get an adapter, with commas between them",
  "finetune.use_rslora": "LoRA: scale by alpha / √r instead",
  "finetune.base_dtype":
    "LoRA: number type of the base; nf4, int8 and int4 are QLoRA; auto: as the checkpoint stores it",
  "finetune.gradient_checkpointing":
    "compute each layer again on the way back instead of keeping what it computed: less memory, more time",
  "finetune.bf16":
    "write weights as bfloat16, half as large; computing is float32, and checkpoints keep the float32 weights for going on",
  "finetune.tf32": "accepted, and changes nothing on a CPU",
  "finetune.deepspeed":
    "configuration file of DeepSpeed, which has to agree with the other arguments; in one process nothing is shared out",
  "finetune.dataloader_drop_last": "leave out the last batch of an epoch where it is not full",
  "finetune.seed": "order of the data, dropout and new adapters follow from it",
  "finetune.logging_steps": "steps between rows of the log",
  "finetune.save_strategy": "when checkpoints are written",
  "finetune.save_steps": 'steps between checkpoints, where save_strategy is "steps"',
  "finetune.save_total_limit": "checkpoints to keep; older ones are removed",
  "finetune.report_to":
    "what else a run is reported to; tensorboard: event files in output_dir/runs; wandb needs a --callback",
  "finetune.evaluation_strategy": "when the loss on the evaluation data is measured",
  "finetune.eval_steps": 'steps between evaluations, where evaluation_strategy is "steps"',
  "finetune.early_stopping_patience": "end the run after so many evaluations without a better loss",
  "finetune.early_stopping_threshold":
    "how much better the loss has to be to count as better for early stopping",
  "finetune.load_best_model_at_end":
    "write the model with the best evaluation at the end, not the last one",
  "finetune.overwrite_output_dir":
    "remove checkpoints of an earlier run in output_dir; otherwise a new run does not begin there",
  "finetune.resume_from_checkpoint":
    "go on from the last checkpoint in output_dir, or from this one",
} as const satisfies Readonly<Record<`finetune.${TrainingArgumentName}`, string>>;
