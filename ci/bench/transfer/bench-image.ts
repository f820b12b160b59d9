import { join } from "node:path";
import { type GzippedLayer, pushImage } from "../../cluster/cluster.ts";
import { tarEnd, tarHeader, tarPadding } from "../../tar-entry.ts";
import { exitProgram, machineArchitecture } from "./exit-program.ts";
import { layerArchive } from "./layer-archive.ts";
import { writeLayerFile } from "./layer-file.ts";
import type { ImagePlan, LayerPlan } from "./transfer-types.ts";

const tag = "1";
const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** An image as its registry has it. */
export interface StoredBenchImage {
  /** `bench/<scenario>/<image>:1`, without the registry. */
  readonly path: string;
  /** Configuration first, then the layers, lowest first. */
  readonly blobs: readonly { readonly digest: string; readonly bytes: number }[];
  /** Of the archives in the layers, lowest first. */
  readonly diffIds: readonly string[];
  /** Of the manifest. */
  readonly digest: string;
}

/** Makes layers as gzipped files, each different one once. */
export interface LayerMaker {
  layer(plan: LayerPlan): Promise<GzippedLayer>;
  /** The layer with the program that ends at once, below the layer of that name. */
  program(below: string): Promise<GzippedLayer>;
  /** The repository to which each layer was pushed first, by digest. */
  readonly pushedTo: Map<string, string>;
}

/** A maker whose files are in `folder`, which is the caller's to remove. */
export function layerMaker(folder: string, signal: AbortSignal): LayerMaker {
  const made = new Map<string, Promise<GzippedLayer>>();
  const once = (file: string, pieces: () => Iterable<Buffer>, isCompressible: boolean) => {
    const path = join(folder, `${file}.tar.gz`);
    const layer = made.get(file) ?? writeLayerFile(pieces(), path, { isCompressible, signal });
    made.set(file, layer);
    return layer;
  };
  return {
    layer: (plan) => once(plan.name, () => layerArchive(plan), plan.content === "files"),
    pushedTo: new Map(),
    program: (below) => once(`below.${below}`, () => [programArchive(below)], true),
  };
}

/** The image of that scenario in the plain-http registry, or undefined where it is not there. */
export async function storedBenchImage(
  registry: string,
  scenario: string,
  image: Pick<ImagePlan, "name">,
): Promise<StoredBenchImage | undefined> {
  const repository = repositoryOf(scenario, image);
  const url = `http://${registry}/v2/${repository}`;
  const answer = await fetch(`${url}/manifests/${tag}`, { headers: { accept: manifestType } });
  const manifest = (await answer.json()) as Manifest;
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${JSON.stringify(manifest)}`);
  const config = await (await fetch(`${url}/blobs/${manifest.config.digest}`)).json();
  return {
    path: `${repository}:${tag}`,
    blobs: [manifest.config, ...manifest.layers].map(({ digest, size }) => ({ digest, bytes: size })),
    diffIds: (config as { rootfs: { diff_ids: string[] } }).rootfs.diff_ids,
    digest: answer.headers.get("docker-content-digest") ?? "",
  };
}

/** Pushes the image under its scenario's name. Below its layers it has one with a program that ends at once, which it runs. */
export async function pushBenchImage(
  registry: string,
  scenario: string,
  image: ImagePlan,
  make: LayerMaker,
): Promise<void> {
  // Images that share their lowest layer share this one too, else a runtime could not share what lies on it.
  const layers = [await make.program(image.layers[0]?.name ?? image.name)];
  for (const plan of image.layers) layers.push(await make.layer(plan));
  const repository = repositoryOf(scenario, image);
  await pushImage(
    registry,
    { repository, tag },
    {
      layers: layers.map((layer) => ({ ...layer, from: make.pushedTo.get(layer.digest) })),
      config: {
        architecture: machineArchitecture,
        os: "linux",
        config: { Entrypoint: ["/exit"], Labels: { name: `${scenario}/${image.name}` } },
      },
    },
  );
  for (const { digest } of layers) make.pushedTo.set(digest, make.pushedTo.get(digest) ?? repository);
}

interface Manifest {
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

function repositoryOf(scenario: string, { name }: Pick<ImagePlan, "name">): string {
  return `bench/${scenario}/${name}`;
}

function programArchive(below: string): Buffer {
  const entry = (file: string, bytes: Uint8Array, mode: number) => [
    tarHeader(file, bytes.length, mode),
    bytes,
    tarPadding(bytes.length),
  ];
  return Buffer.concat([
    ...entry("exit", exitProgram(machineArchitecture), 0o755),
    ...entry("below", Buffer.from(below), 0o644),
    tarEnd,
  ]);
}
