import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";
import { type Manifest, runTool } from "./helm.ts";

const buildFolder = join(root, ".build");

/** The API version and kind of each manifest that is of no group of Kubernetes' own, for which @kubernetes/client-node has no type. */
export function kindsWithoutType(manifests: readonly Manifest[]): readonly string[] {
  return manifests
    .filter((manifest) => !isTyped(manifest))
    .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
}

function isTyped({ apiVersion }: Manifest): boolean {
  const [group = "", version] = apiVersion.split("/");
  return version === undefined || !group.includes(".") || group.endsWith(".k8s.io");
}

/**
 * What is wrong with the manifests as Kubernetes's types have them: unknown fields, missing ones, values of another type. Empty
 * where nothing is. The types are those of @kubernetes/client-node, which come with `npm ci`: no schema has to be downloaded.
 * Manifests that `kindsWithoutType` names are not looked at.
 */
export function typeErrors(manifests: readonly Manifest[]): string {
  mkdirSync(buildFolder, { recursive: true });
  // Inside the repository, so that the compiler finds node_modules.
  const folder = mkdtempSync(join(buildFolder, "manifest-types-"));
  try {
    writeFileSync(join(folder, "manifests.ts"), sourceFromManifests(manifests));
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(root, "tsconfig.json"), include: ["*.ts"] }),
    );
    const { status, stdout, stderr } = runTool(join(root, "node_modules/.bin/tsc"), ["-p", folder]);
    return status === 0 ? "" : stdout + stderr || `tsc ended with ${status}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each manifest as a literal of its type, where TypeScript refuses fields that the type has not. */
function sourceFromManifests(manifests: readonly Manifest[]): string {
  const constants = manifests.filter(isTyped).map((manifest, index) => {
    return `export const manifest${index}: k8s.V1${manifest.kind} = ${JSON.stringify(manifest, undefined, 2)};`;
  });
  return ['import type * as k8s from "@kubernetes/client-node";', ...constants, ""].join("\n");
}
