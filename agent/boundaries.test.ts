import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { describe, it } from "node:test";

/** Sources by their path below agent/. */
type Sources = Readonly<Record<string, string>>;

interface Home {
  /** What has one home: a package, or a word of the source. */
  readonly what: string;
  readonly pattern: RegExp;
  readonly home: RegExp;
}

const importOf = (name: string) => new RegExp(`(?:from|import|import\\()\\s*"(?:node:)?${name}(?:/[^"]*)?"`);

const homes: readonly Home[] = [
  { what: "@grpc/grpc-js", pattern: importOf("@grpc/grpc-js"), home: /^cri\// },
  { what: "protobufjs", pattern: importOf("protobufjs"), home: /^cri\// },
  { what: "@kubernetes/client-node", pattern: importOf("@kubernetes/client-node"), home: /^kube\// },
  { what: "p-limit", pattern: importOf("p-limit"), home: /^pool\.ts$/ },
  { what: "yargs", pattern: importOf("yargs"), home: /^cli\.ts$/ },
  { what: "cliui", pattern: importOf("cliui"), home: /^grid\.ts$/ },
  { what: "string-width", pattern: importOf("string-width"), home: /^text-width\.ts$/ },
  { what: "log-update", pattern: importOf("log-update"), home: /^edge\/screen\.ts$/ },
  { what: "pino", pattern: importOf("pino"), home: /^log\.ts$/ },
  { what: "js-yaml", pattern: importOf("js-yaml"), home: /^credentials\/provider-config\.ts$/ },
  {
    what: "child_process",
    pattern: importOf("child_process"),
    home: /^credentials\/provider-program\.ts$/,
  },
  // main.ts has one timer: the exit of last resort after SIGTERM, which no clock of a test may hold up.
  { what: "timers", pattern: /\b(?:setTimeout|setInterval)\(|"node:timers/, home: /^(?:clock|main)\.ts$/ },
  // What a plugin leaves behind is killed by its process group, which process.kill alone can do.
  {
    what: "process",
    pattern: /(?<![\w.])process\.\w|"node:process"/,
    home: /^(?:main|credentials\/provider-program)\.ts$/,
  },
];

const adapters = /^(?:cri|kube|commands|credentials|edge)\//;

/** Each import of one file from another, by their paths; types count too. */
function importsIn(sources: Sources): readonly (readonly [from: string, to: string])[] {
  return Object.entries(sources).flatMap(([from, source]) =>
    [...source.matchAll(/(?:from|import|import\()\s*"(\.[^"]*)"/g)].map(
      ([, to = ""]) => [from, posix.join(posix.dirname(from), to)] as const,
    ),
  );
}

/** A sentence for each line that is crossed. */
function violationsIn(sources: Sources): readonly string[] {
  const isTesting = (path: string) => path.startsWith("testing/");
  const strays = homes.flatMap(({ what, pattern, home }) =>
    Object.entries(sources)
      .filter(([path, source]) => !home.test(path) && pattern.test(withoutComments(source)))
      .map(([path]) => `${path} uses ${what}`),
  );
  const crossings = importsIn(sources)
    .filter(([from, to]) => isTesting(to) || (isCore(from) && adapters.test(to)))
    .map(([from, to]) => `${from} imports ${to}`);
  return [...strays, ...crossings, ...cyclesIn(sources)];
}

/** The files that know no adapter: all of agent/ itself but the one that wires them together. */
function isCore(path: string): boolean {
  return (!path.includes("/") || path.startsWith("fleet/")) && path !== "main.ts";
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

function cyclesIn(sources: Sources): readonly string[] {
  const imports = importsIn(sources);
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start !== -1) cycles.push([...trail.slice(start), path].join(" -> "));
    if (start !== -1 || finished.has(path)) return;
    for (const [from, to] of imports) if (from === path) visit(to, [...trail, path]);
    finished.add(path);
  };
  for (const path of Object.keys(sources)) visit(path, []);
  return cycles;
}

async function agentSources(): Promise<Sources> {
  const sources: Record<string, string> = {};
  for await (const path of glob("**/*.ts", { cwd: import.meta.dirname })) {
    if (path.endsWith(".test.ts") || path.startsWith("testing/")) continue;
    sources[path] = await readFile(join(import.meta.dirname, path), "utf8");
  }
  return sources;
}

describe("the agent's sources", () => {
  it("keep to their homes and their direction", async () => {
    const sources = await agentSources();
    assert.ok(Object.keys(sources).length > 30);
    assert.deepEqual(violationsIn(sources), []);
  });

  it("have their one guard against a call that does not end in main.ts, and no other timer", async () => {
    const { "main.ts": main = "" } = await agentSources();
    assert.equal(main.match(/setTimeout\(/g)?.length, 1);
    assert.ok(!main.includes("setInterval"));
  });
});

describe("the rules of this file", () => {
  const crossed: readonly [sources: Sources, violation: string][] = [
    [{ "round.ts": 'import { Client } from "@grpc/grpc-js";' }, "round.ts uses @grpc/grpc-js"],
    [{ "round.ts": 'import protobuf from "protobufjs/light.js";' }, "round.ts uses protobufjs"],
    [
      { "cri/x.ts": 'import { KubeConfig } from "@kubernetes/client-node/dist/config.js";' },
      "cri/x.ts uses @kubernetes/client-node",
    ],
    [{ "kube/x.ts": 'await import("@grpc/grpc-js");' }, "kube/x.ts uses @grpc/grpc-js"],
    [{ "round.ts": 'import pLimit from "p-limit";' }, "round.ts uses p-limit"],
    [{ "main.ts": 'import yargs from "yargs";' }, "main.ts uses yargs"],
    [{ "cli.ts": 'import cliui from "cliui";' }, "cli.ts uses cliui"],
    [{ "grid.ts": 'import stringWidth from "string-width";' }, "grid.ts uses string-width"],
    [{ "edge/x.ts": 'import { createLogUpdate } from "log-update";' }, "edge/x.ts uses log-update"],
    [{ "main.ts": 'import {\n  pino,\n} from "pino";' }, "main.ts uses pino"],
    [{ "main.ts": 'import { spawn } from "node:child_process";' }, "main.ts uses child_process"],
    [{ "main.ts": 'import "child_process";' }, "main.ts uses child_process"],
    [{ "credentials/x.ts": 'import { load } from "js-yaml";' }, "credentials/x.ts uses js-yaml"],
    [
      { "credentials/x.ts": 'import { spawn } from "node:child_process";' },
      "credentials/x.ts uses child_process",
    ],
    [{ "credentials/x.ts": "process.kill(-1);" }, "credentials/x.ts uses process"],
    [{ "round.ts": "setTimeout(wake, 1);" }, "round.ts uses timers"],
    [{ "round.ts": "const t = globalThis.setInterval(wake, 1);" }, "round.ts uses timers"],
    [{ "round.ts": 'import { setTimeout } from "node:timers/promises";' }, "round.ts uses timers"],
    [{ "round.ts": "const name = process.env.NODE_NAME;" }, "round.ts uses process"],
    [{ "round.ts": 'import { exit } from "node:process";' }, "round.ts uses process"],
    [{ "round.ts": 'import { x } from "./testing/x.ts";' }, "round.ts imports testing/x.ts"],
    [{ "kube/x.ts": 'import { x } from "../testing/x.ts";' }, "kube/x.ts imports testing/x.ts"],
    [{ "round.ts": 'import type { X } from "./cri/x.ts";' }, "round.ts imports cri/x.ts"],
    [{ "round.ts": 'export * from "./kube/x.ts";' }, "round.ts imports kube/x.ts"],
    [{ "round.ts": 'import { x } from "./commands/x.ts";' }, "round.ts imports commands/x.ts"],
    [
      { "a.ts": 'import "./b.ts";', "b.ts": 'import "./c/d.ts";', "c/d.ts": 'import "../a.ts";' },
      "a.ts -> b.ts -> c/d.ts -> a.ts",
    ],
    [{ "a.ts": 'import "./a.ts";' }, "a.ts -> a.ts"],
  ];
  for (const [sources, violation] of crossed) {
    it(`find that ${violation}`, () => assert.deepEqual(violationsIn(sources), [violation]));
  }

  const kept: readonly [what: string, sources: Sources][] = [
    ["a package at its home", { "cri/x.ts": 'import { Client } from "@grpc/grpc-js";' }],
    ["main.ts wiring the adapters", { "main.ts": 'import { x } from "./cri/x.ts";\nprocess.exitCode = 1;' }],
    ["an adapter on the core", { "cri/x.ts": 'import { x } from "../failure.ts";', "failure.ts": "" }],
    ["a command on the core", { "commands/x.ts": 'import { x } from "../round.ts";', "round.ts": "" }],
    [
      "a word in a comment",
      { "round.ts": "/** Not by setTimeout(), nor process.exit. */\n// process.env\n" },
    ],
    [
      "two ways to one file",
      { "a.ts": 'import "./b.ts";\nimport "./c.ts";', "b.ts": 'import "./c.ts";', "c.ts": "" },
    ],
  ];
  for (const [what, sources] of kept) {
    it(`allow ${what}`, () => assert.deepEqual(violationsIn(sources), []));
  }
});
