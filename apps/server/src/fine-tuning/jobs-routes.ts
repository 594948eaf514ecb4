import { z } from "@hono/zod-openapi";
import type { ServerContext } from "../http/env.ts";
import { listPage, pageFields } from "../http/list-page.ts";
import { readBody, readQuery } from "../http/read-body.ts";
import { requireData, type ServerData } from "../server-data.ts";
import type { ServerState } from "../server-state.ts";
import type { Job } from "./job.ts";
import { checkpointBodies, jobBody } from "./job-record.ts";
import { jobSchema } from "./job-schema.ts";
import { planJob } from "./plan-job.ts";

/** `POST /v1/fine_tuning/jobs` */
export async function postJob(state: ServerState, c: ServerContext): Promise<Response> {
  const { jobs, files } = requireData(state);
  const request = await readBody(c, jobSchema, state.settings.isStrict);
  const job = await jobs.create(await planJob(request, { served: state.served, files }));
  return c.json(bodyOf(jobs, job));
}

/** Of the query of `GET /v1/fine_tuning/jobs`; `metadata[key]=value` picks those that have it, `metadata=null` those without. */
export const jobsQuery = z.strictObject({
  ...pageFields(20, 100),
  // OpenAI's client sends nothing for null.
  metadata: z.enum(["null", ""], "expected metadata[key]=value, or null").optional(),
});

/** Key of `metadata[key]`. */
const METADATA = /^metadata\[(.+)\]$/;

/** `GET /v1/fine_tuning/jobs`: newest first. */
export function listJobs(state: ServerState, c: ServerContext): Response {
  const { jobs } = requireData(state);
  const given = Object.entries(c.req.query());
  const wanted = given.flatMap(([name, value]) => {
    const key = METADATA.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  const others = Object.fromEntries(given.filter(([name]) => !METADATA.test(name)));
  const query = readQuery(c, jobsQuery, state.settings.isStrict, others);
  const isWanted = ({ record: { metadata } }: Job): boolean =>
    query.metadata === undefined
      ? wanted.every(([key, value]) => metadata?.[key] === value)
      : metadata === null;
  const bodies = jobs.all.filter(isWanted).map((job) => bodyOf(jobs, job));
  return c.json(listPage(bodies.toReversed(), query));
}

/** `GET /v1/fine_tuning/jobs/{fine_tuning_job_id}` */
export function getJob(state: ServerState, c: ServerContext): Response {
  const { jobs } = requireData(state);
  return c.json(bodyOf(jobs, jobOf(jobs, c)));
}

/** `POST …/cancel`, `…/pause` and `…/resume` of a job. */
export function postChange(change: "cancel" | "pause" | "resume") {
  return async (state: ServerState, c: ServerContext): Promise<Response> => {
    const { jobs } = requireData(state);
    const job = jobOf(jobs, c);
    await jobs[change](job);
    return c.json(bodyOf(jobs, job));
  };
}

/** Of the queries for events and checkpoints. */
export const eventsQuery = z.strictObject(pageFields(20, 1000));

/** `GET /v1/fine_tuning/jobs/{fine_tuning_job_id}/events`: newest first. */
export async function listJobEvents(state: ServerState, c: ServerContext): Promise<Response> {
  const job = jobOf(requireData(state).jobs, c);
  const query = readQuery(c, eventsQuery, state.settings.isStrict);
  return c.json(listPage((await job.events()).toReversed(), query));
}

/** `GET /v1/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints`: newest first. */
export function listJobCheckpoints(state: ServerState, c: ServerContext): Response {
  const job = jobOf(requireData(state).jobs, c);
  const query = readQuery(c, eventsQuery, state.settings.isStrict);
  return c.json(listPage(checkpointBodies(job.record), query));
}

function jobOf(jobs: ServerData["jobs"], c: ServerContext): Job {
  return jobs.get(c.req.param("fine_tuning_job_id") ?? "");
}

function bodyOf({ running }: ServerData["jobs"], job: Job) {
  const run = running?.job === job && job.record.status === "running" ? running : undefined;
  return jobBody(job.record, run?.estimatedFinishMs);
}
