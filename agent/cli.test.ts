import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Command, parseArguments, prefetchFlags } from "./cli.ts";
import type { PrefetchSettings } from "./settings.ts";

const parse = (...argv: readonly string[]) => parseArguments(argv, "1.2.3");
const required = ["--instance=my-images", "--owner=default/my-images", "--node-name=node-1"];
const prefetchWith = (...argv: readonly string[]) => parse("prefetch", ...required, ...argv);

async function settingsOf(...argv: readonly string[]): Promise<PrefetchSettings> {
  const command = await prefetchWith(...argv);
  assert.ok(command.kind === "prefetch", JSON.stringify(command));
  return command.settings;
}

function messageOf(command: Command): string {
  assert.ok(command.kind === "usage-error", JSON.stringify(command));
  return command.message;
}

const defaults: PrefetchSettings = {
  instance: "my-images",
  owner: "default/my-images",
  takeOver: undefined,
  nodeName: "node-1",
  sample: false,
  list: { kind: "arguments", lines: ["nginx"] },
  revision: undefined,
  pullPolicy: "IfNotPresent",
  concurrency: 4,
  pullTimeoutMs: 3_600_000,
  attemptTimeoutMs: undefined,
  minFreePercent: 20,
  onFailure: "retry",
  retryInitialDelayMs: 60_000,
  retryMaxDelayMs: 1_800_000,
  intervalMs: undefined,
  staggerWindowMs: 0,
  staggerNodeAgeMs: 600_000,
  labelTimeoutMs: 120_000,
  backoffScale: 1,
  pullSecretFolders: [],
  credentialProviders: undefined,
  criSocket: "/run/containerd/containerd.sock",
  runtimeTimeoutMs: 60_000,
  terminationMessagePath: "/dev/termination-log",
  sleeper: undefined,
};

describe("parseArguments()", () => {
  it("has the contract's defaults", async () =>
    assert.deepEqual(await settingsOf("--image=nginx"), defaults));

  const flags: readonly [argument: string, setting: Partial<PrefetchSettings>][] = [
    ["--instance=other", { instance: "other" }],
    ["--owner=ns/release", { owner: "ns/release" }],
    ["--node-name=ip-10-0-0-1.ec2.internal", { nodeName: "ip-10-0-0-1.ec2.internal" }],
    ["--revision=1-0123456789ab", { revision: "1-0123456789ab" }],
    ["--revision=1", { revision: "1" }],
    ["--pull-policy=Always", { pullPolicy: "Always" }],
    ["--concurrency=1", { concurrency: 1 }],
    ["--concurrency=64", { concurrency: 64 }],
    ["--pull-timeout=90s", { pullTimeoutMs: 90_000 }],
    ["--attempt-timeout=10m", { attemptTimeoutMs: 600_000 }],
    ["--disk-min-free-percent=0", { minFreePercent: 0 }],
    ["--disk-min-free-percent=90", { minFreePercent: 90 }],
    ["--backoff-scale=0.01", { backoffScale: 0.01 }],
    ["--backoff-scale=.5", { backoffScale: 0.5 }],
    ["--backoff-scale=10", { backoffScale: 10 }],
    ["--on-failure=continue", { onFailure: "continue" }],
    ["--on-failure=exit", { onFailure: "exit" }],
    ["--retry-initial-delay=5s", { retryInitialDelayMs: 5_000 }],
    ["--retry-max-delay=1h30m", { retryMaxDelayMs: 5_400_000 }],
    ["--interval=10s", { intervalMs: 10_000 }],
    ["--stagger-window=1h30m", { staggerWindowMs: 5_400_000 }],
    ["--stagger-window=0h0m", { staggerWindowMs: 0 }],
    ["--stagger-node-age=0s", { staggerNodeAgeMs: 0 }],
    ["--label-timeout=500ms", { labelTimeoutMs: 500 }],
    ["--cri-socket=/run/crio/crio.sock", { criSocket: "/run/crio/crio.sock" }],
    ["--cri-socket=unix:///run/crio/crio.sock", { criSocket: "/run/crio/crio.sock" }],
    ["--runtime-timeout=5s", { runtimeTimeoutMs: 5_000 }],
    ["--take-over=old/release", { takeOver: "old/release" }],
    ["--sample", { sample: true }],
    ["--sample=false", { sample: false }],
    ["--termination-message-path=/tmp/x", { terminationMessagePath: "/tmp/x" }],
    ["--termination-message-path=", { terminationMessagePath: "" }],
    ["--sleeper=/snooze", { sleeper: "/snooze" }],
  ];
  for (const [argument, setting] of flags) {
    it(`takes ${argument}`, async () => {
      const name = argument.replace(/=.*$/, "");
      // In the place of a required one: which of two wins is another test's matter.
      const others = required.filter((flag) => !flag.startsWith(`${name}=`));
      const command = await parse("prefetch", ...others, "--image=nginx", argument);
      assert.deepEqual(command, { kind: "prefetch", settings: { ...defaults, ...setting } });
    });
  }

  it("takes a value behind white space too", async () => {
    assert.equal((await settingsOf("--image", "nginx", "--pull-timeout", "90s")).pullTimeoutMs, 90_000);
  });

  it("has a row in the table above for every flag but the list's and the credentials' own", () => {
    const tried = flags.map(([argument]) => argument.replace(/^--|=.*$/g, ""));
    const missing = prefetchFlags.filter((flag) => !tried.includes(flag));
    const ofCredentials = ["pull-secret", "credential-providers-config-file", "credential-providers-bin-dir"];
    assert.deepEqual(missing, ["image", "image-list-file", ...ofCredentials]);
  });

  describe("with a list", () => {
    it("keeps each --image as it was written, in order", async () => {
      const { list } = await settingsOf("--image=b", "--image", "a", "--image=b", "--image=x required=false");
      assert.deepEqual(list, { kind: "arguments", lines: ["b", "a", "b", "x required=false"] });
    });

    it("keeps what looks like a number, a list or a path in dots as text", async () => {
      const { list } = await settingsOf("--image=007", "--image=a,b", "--image=1e3");
      assert.deepEqual(list, { kind: "arguments", lines: ["007", "a,b", "1e3"] });
    });

    it("takes a file instead", async () => {
      const { list } = await settingsOf("--image-list-file=/list/images.txt");
      assert.deepEqual(list, { kind: "file", path: "/list/images.txt" });
    });
  });

  it("takes the last of a flag that is given twice", async () => {
    const settings = await settingsOf(
      "--image=nginx",
      "--concurrency=1",
      "--concurrency=2",
      "--instance=last",
    );
    assert.deepEqual([settings.concurrency, settings.instance], [2, "last"]);
  });

  describe("refuses", () => {
    const image = "--image=nginx";
    const wrong: readonly [argv: readonly string[], message: RegExp][] = [
      [[], /the list is empty: give at least one --image/],
      [["--image="], /image/],
      [[image, "--image-list-file=/x"], /not both/],
      [[image, "--unknown"], /unknown/i],
      [[image, "--unknown=1"], /unknown/i],
      [[image, "--imag=x"], /imag/],
      [[image, "stray"], /stray/],
      [[image, "-x"], /x/],
      [[image, "--pullPolicy=Always"], /pullPolicy/],
      [[image, "--pull-policy=Never"], /Never/],
      [[image, "--pull-policy=always"], /always/],
      [[image, "--on-failure=stop"], /stop/],
      [[image, "--instance="], /--instance: .*no label name/],
      [[image, "--instance=a/b"], /--instance: .*no label name/],
      [[image, `--instance=${"a".repeat(64)}`], /63 at most/],
      [[image, "--owner=release"], /--owner is <namespace>\/<release>/],
      [[image, "--owner=a/b/c"], /--owner/],
      [[image, "--owner="], /--owner/],
      [[image, "--take-over=release"], /--take-over is/],
      [[image, "--take-over="], /--take-over/],
      [[image, "--node-name="], /--node-name/],
      [[image, "--node-name=$(NODE_NAME)"], /--node-name/],
      [[image, "--node-name=../pods"], /--node-name/],
      [[image, "--concurrency=0"], /--concurrency is a whole number from 1 to 64/],
      [[image, "--concurrency=65"], /--concurrency/],
      [[image, "--concurrency=1.5"], /--concurrency/],
      [[image, "--concurrency=-1"], /--concurrency/],
      [[image, "--concurrency="], /--concurrency/],
      [[image, "--attempt-timeout="], /--attempt-timeout is a duration/],
      [[image, "--attempt-timeout=0s"], /--attempt-timeout is a duration/],
      [[image, "--disk-min-free-percent=91"], /--disk-min-free-percent is a whole number from 0 to 90/],
      [[image, "--disk-min-free-percent=-1"], /--disk-min-free-percent/],
      [[image, "--disk-min-free-percent=1.5"], /--disk-min-free-percent/],
      [[image, "--disk-min-free-percent=20%"], /--disk-min-free-percent/],
      [[image, "--disk-min-free-percent="], /--disk-min-free-percent/],
      [[image, "--backoff-scale=0"], /--backoff-scale is a number above 0 and at most 10/],
      [[image, "--backoff-scale=10.1"], /--backoff-scale/],
      [[image, "--backoff-scale=-1"], /--backoff-scale/],
      [[image, "--backoff-scale=1e1"], /--backoff-scale/],
      [[image, "--backoff-scale=1."], /--backoff-scale/],
      [[image, "--backoff-scale="], /--backoff-scale/],
      [[image, "--pull-timeout=60"], /--pull-timeout is a duration such as 90s/],
      [[image, "--pull-timeout=0s"], /--pull-timeout/],
      [[image, "--pull-timeout=600h"], /below 25 days/],
      [
        [image, "--stagger-window=0"],
        /--stagger-window is a duration such as 0s, 90s or 1h30m, below 25 days/,
      ],
      [[image, "--stagger-window="], /--stagger-window/],
      [[image, "--stagger-window=600h"], /--stagger-window/],
      [[image, "--stagger-node-age=-1s"], /--stagger-node-age/],
      [[image, "--label-timeout=-1s"], /--label-timeout/],
      [[image, "--retry-initial-delay=x"], /--retry-initial-delay/],
      [[image, "--retry-max-delay="], /--retry-max-delay/],
      [[image, "--runtime-timeout=1d"], /--runtime-timeout/],
      [[image, "--cri-socket=containerd.sock"], /--cri-socket is the absolute path/],
      [[image, "--cri-socket="], /--cri-socket/],
    ];
    for (const [argv, message] of wrong) {
      it(`prefetch ${argv.join(" ").slice(0, 60)}`, async () => {
        const text = messageOf(await prefetchWith(...argv));
        assert.match(text, message);
        assert.match(text, /`prefetcher (prefetch|revision) --help`/);
      });
    }

    for (const flag of required) {
      it(`prefetch without ${flag}`, async () => {
        const others = required.filter((other) => other !== flag);
        const name = flag.replace(/^--|=.*$/g, "");
        assert.match(messageOf(await parse("prefetch", ...others, image)), new RegExp(name));
      });
    }

    it("no command, and one that there is not", async () => {
      assert.match(messageOf(await parse()), /prefetch, keep, doctor, .* or revision/);
      assert.match(messageOf(await parse("frobnicate")), /frobnicate/i);
    });

    it("revision with a flag of prefetch's, and without a list", async () => {
      assert.match(messageOf(await parse("revision", "--image=a", "--concurrency=1")), /concurrency/);
      assert.match(messageOf(await parse("revision")), /the list is empty/);
    });
  });

  it("takes for inspect what it takes for prefetch", async () => {
    const flags = [...required, "--image=nginx", "--concurrency=2"];
    const [prefetch, inspect] = [await parse("prefetch", ...flags), await parse("inspect", ...flags)];
    assert.ok(prefetch.kind === "prefetch");
    assert.deepEqual(inspect, { kind: "inspect", settings: prefetch.settings });
    assert.match(
      messageOf(await parse("inspect", ...required)),
      /the list is empty.*`prefetcher inspect --help`/,
    );
  });

  it("reads a revision's list and policy", async () => {
    assert.deepEqual(await parse("revision", "--image-list-file=/x", "--pull-policy=Always"), {
      kind: "revision",
      settings: { list: { kind: "file", path: "/x" }, pullPolicy: "Always" },
    });
  });
});
