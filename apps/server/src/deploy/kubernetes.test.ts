import type { EngineStats } from "@baichuan2/model";
import { Deployment, type IDeployment } from "kubernetes-models/apps/v1";
import {
  HorizontalPodAutoscaler,
  type IHorizontalPodAutoscaler,
} from "kubernetes-models/autoscaling/v2";
import { PodDisruptionBudget, type IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Service, type IService } from "kubernetes-models/v1";
import { beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { deployFile } from "../__fixtures__/nginx.ts";
import { recordReads, unread } from "../__fixtures__/record-reads.ts";
import { endpoints } from "../endpoints.ts";
import { GRACE_MS } from "../listen.ts";
import { Metrics } from "../operations/metrics.ts";

/** Schemas of Kubernetes, as functions that throw. */
const models = { Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget };
type Kind = keyof typeof models;

interface Manifest {
  readonly Deployment: IDeployment;
  readonly Service: IService;
  readonly HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  readonly PodDisruptionBudget: IPodDisruptionBudget;
}

/** Of an engine with three sequences that wait. */
const stats = {
  sequences: { running: 0, waiting: 3, preemptions: 0 },
  slots: { limit: 0, used: 0, cached: 0 },
  prefixCache: { lookupTokens: 0, hitTokens: 0 },
  rssBytes: 0,
} as EngineStats;

let manifest: Manifest;
beforeAll(async () => {
  const documents = parseAllDocuments(await deployFile("kubernetes.yaml"));
  if (!Array.isArray(documents)) throw new Error("expected documents, got none");
  const problems = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  expect(problems).toEqual([]);
  const objects = documents.map((document) => document.toJS() as { readonly kind: string });
  manifest = Object.fromEntries(objects.map((object) => [object.kind, object])) as never;
  expect(objects).toHaveLength(Object.keys(models).length);
});

/** What of a pod the tests ask for, each of which must be there. */
function pod() {
  const { metadata, spec } = manifest.Deployment.spec!.template;
  const [container] = spec!.containers;
  return { metadata: metadata!, spec: spec!, container: container! };
}

describe("kubernetes.yaml", () => {
  it.each(Object.keys(models) as Kind[])(
    "has a %s as its schema says, and nothing else",
    (kind) => {
      const reads = recordReads(new models[kind](manifest[kind] as never));
      expect(manifest[kind]).toMatchObject({ apiVersion: reads.value.apiVersion, kind });
      expect(() => reads.value.validate()).not.toThrow();
      expect(unread(reads)).toEqual([]); // what a schema does not look at it does not know
    },
  );

  it("would not pass with a field that is misspelt, or of another type", () => {
    const good = manifest.PodDisruptionBudget;
    const wrong = { ...good, spec: { ...good.spec, minAvailabel: 1 } };
    const misspelt = recordReads(new PodDisruptionBudget(wrong));
    misspelt.value.validate();
    expect(unread(misspelt)).toEqual(["spec.minAvailabel"]);
    const spec = { ...good.spec, minAvailable: true as never };
    expect(() => new PodDisruptionBudget({ ...good, spec }).validate()).toThrow("minAvailable");
  });

  it("selects the pods that it makes", () => {
    const labels = pod().metadata.labels;
    expect(manifest.Deployment.spec?.selector.matchLabels).toEqual(labels);
    expect(manifest.Service.spec?.selector).toEqual(labels);
    expect(manifest.PodDisruptionBudget.spec?.selector?.matchLabels).toEqual(labels);
    const { apiVersion, kind, metadata } = manifest.Deployment;
    const target = manifest.HorizontalPodAutoscaler.spec?.scaleTargetRef;
    expect(target).toEqual({ apiVersion, kind, name: metadata?.name });
  });

  it("sends requests, probes and Prometheus where the server listens", () => {
    const { container, metadata } = pod();
    const command = container.command?.join(" ");
    expect(command).toBe(
      "baichuan2 serve --host 0.0.0.0 --port 8000 --model /model --api-key-file /keys/keys",
    );
    const [port] = container.ports ?? [];
    expect(port).toMatchObject({ name: "http", containerPort: 8000 });
    expect(manifest.Service.spec?.ports?.map(({ targetPort }) => targetPort)).toEqual(["http"]);
    expect(metadata.annotations?.["prometheus.io/port"]).toBe("8000");
    const { startupProbe, livenessProbe, readinessProbe } = container;
    const probes = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
    expect(probes.map((probe) => probe?.path)).toEqual(["/livez", "/livez", "/health"]);
    expect(probes.map((probe) => probe?.port)).toEqual(["http", "http", "http"]);
    const open = endpoints.filter(({ access }) => access === "public").map(({ path }) => path);
    const asked = [
      ...probes.map((probe) => probe?.path),
      metadata.annotations?.["prometheus.io/path"],
    ];
    expect(open).toEqual(expect.arrayContaining(asked));
  });

  it("waits longer for a pod's end than the server takes to shut down", () => {
    const { container, spec } = pod();
    const [program, seconds] = container.lifecycle?.preStop?.exec?.command ?? [];
    expect(program).toBe("sleep");
    const needed = Number(seconds) + GRACE_MS / 1000;
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(needed + 5);
  });

  it("mounts each volume, and what the server reads as not writable", () => {
    const { container, spec } = pod();
    const mounts = container.volumeMounts ?? [];
    expect(mounts.map(({ name }) => name)).toEqual(spec.volumes?.map(({ name }) => name));
    const writable = mounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
    expect(writable).toEqual(["/cache", "/tmp"]);
    expect(container.env).toEqual([{ name: "BAICHUAN2_CACHE", value: "/cache" }]);
  });

  it("grows by a metric that the server tells", async () => {
    const [metric] = manifest.HorizontalPodAutoscaler.spec?.metrics ?? [];
    const told = await new Metrics("m").render(stats);
    expect(told).toContain(`\n${metric?.pods?.metric.name}{model_name="m"} 3\n`);
  });
});
