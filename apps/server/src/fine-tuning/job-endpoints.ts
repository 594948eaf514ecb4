import type { Endpoint } from "../endpoints.ts";
import { jobSchema } from "./job-schema.ts";
import {
  eventsQuery,
  getJob,
  jobsQuery,
  listJobCheckpoints,
  listJobEvents,
  listJobs,
  postChange,
  postJob,
} from "./jobs-routes.ts";

const JOBS = "/v1/fine_tuning/jobs";
const JOB = `${JOBS}/{fine_tuning_job_id}`;
const ofJobs = { access: "admin", tag: "fine-tuning" } as const;

/** Jobs that train adapters; of admins. */
export const jobEndpoints: readonly Endpoint[] = [
  {
    ...ofJobs,
    method: "post",
    path: JOBS,
    summary: "Begins a job: a LoRA adapter is trained, and is a model then",
    schema: jobSchema,
    answer: postJob,
  },
  {
    ...ofJobs,
    method: "get",
    path: JOBS,
    summary: "The jobs, newest first",
    query: jobsQuery,
    answer: listJobs,
  },
  { ...ofJobs, method: "get", path: JOB, summary: "How a job stands", answer: getJob },
  {
    ...ofJobs,
    method: "post",
    path: `${JOB}/cancel`,
    summary: "Ends a job for good",
    answer: postChange("cancel"),
  },
  {
    ...ofJobs,
    method: "post",
    path: `${JOB}/pause`,
    summary: "Ends a job's training for now; its checkpoints stay",
    answer: postChange("pause"),
  },
  {
    ...ofJobs,
    method: "post",
    path: `${JOB}/resume`,
    summary: "Lets a paused job go on from its last checkpoint",
    answer: postChange("resume"),
  },
  {
    ...ofJobs,
    method: "get",
    path: `${JOB}/events`,
    summary: "What has happened in a job, newest first",
    query: eventsQuery,
    answer: listJobEvents,
  },
  {
    ...ofJobs,
    method: "get",
    path: `${JOB}/checkpoints`,
    summary: "Checkpoints of a job that are there still, newest first",
    query: eventsQuery,
    answer: listJobCheckpoints,
  },
];
