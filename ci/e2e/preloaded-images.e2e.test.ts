import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import { createImageService } from "../../agent/cri/create-image-service.ts";
import { keyOf } from "../../agent/node-record.ts";
import { apiRequest } from "../cluster/api-request.ts";
import { pushPausingImage } from "../cluster/cluster.ts";
import { proveFault } from "./support/fault-table.ts";
import { type LeakSearch, openLeakSearch } from "./support/leaks.ts";
import { openNodeHistory } from "./support/node-history.ts";
import { isOnNode, removeFromNode } from "./support/node-images.ts";
import { podOnNode, untilPodOnNode } from "./support/pod-on-node.ts";
import { openPrivateRegistry, type PrivateRegistry } from "./support/private-registry.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";
import { runWorkload, type Workload } from "./support/workload.ts";

// What the kubelet makes of an image that somebody else pulled with a credential: KEP-2535, on by default from Kubernetes 1.35 on.

const name = "preloaded";
const tenant = "preloaded-tenant";
const key = keyOf(name);
const login = "registry-login";
const password = randomBytes(12).toString("hex");

describe("a private image that was prefetched", () => {
  let scene: Scene;
  let registry: PrivateRegistry;
  let leaks: LeakSearch;
  /** With the kubelet's default policy, and with the one that the chart's notes print. */
  let byDefault: string;
  let allowlisted: string;
  const imageOf = (image: string) => `${registry.address}/${name}/${image}:1`;

  before(async () => {
    scene = await openScene(name, 1);
    await scene.kubectl("delete", "namespace", tenant, "--ignore-not-found");
    await scene.kubectl("create", "namespace", tenant);
    for (const image of ["app", "twin", "unlisted"])
      await pushPausingImage(testCluster().registry, { repository: `${name}/${image}`, tag: "1" }, { image });
    // The same image under a second name.
    await pushPausingImage(
      testCluster().registry,
      { repository: `${name}/copy`, tag: "1" },
      { image: "twin" },
    );
    registry = await openPrivateRegistry({ auth: "htpasswd", users: { alice: password } });
    for (const namespace of [name, tenant]) await makeLogin(namespace);
    leaks = openLeakSearch(scene, [{ user: "alice", secret: password }]);

    using history = await openNodeHistory();
    const { stdout: notes } = await scene.install(name, {
      images: [imageOf("app"), imageOf("twin")],
      pull: { secrets: [login] },
    });
    byDefault = scene.nodes()[0] ?? "";
    allowlisted = await scene.addNode({ kubelet: kubeletSettingsIn(notes) });
    await history.untilLabelled(scene.nodes(), key, "succeeded");
  });
  after(async () => {
    leaks?.[Symbol.dispose]();
    await registry?.[Symbol.asyncDispose]();
    await scene?.kubectl("delete", "namespace", tenant, "--ignore-not-found", "--wait=false");
    await scene?.[Symbol.asyncDispose]();
  });

  const makeLogin = async (namespace: string) => {
    const auths = { [registry.address]: { username: "alice", password } };
    const { status } = await apiRequest(testCluster(), "POST", `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: login },
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": JSON.stringify({ auths }) },
    });
    assert.equal(status, 201);
  };
  /** A pod of another namespace, without a secret unless it says so; with the number of requests that the registry had meanwhile. */
  const run = async (image: string, workload: Pick<Workload, "node" | "pullPolicy"> & Partial<Workload>) => {
    registry.clear();
    const end = await runWorkload({ namespace: tenant, image: imageOf(image), ...workload });
    return { ...end, requests: registry.requests.length };
  };
  /** The kubelet's own pull, for a pod that has the secret. */
  const pullByKubelet = async (image: string, node: string) => {
    const end = await run(image, { namespace: name, node, pullPolicy: "Always", secret: login });
    assert.equal(end.state, "Running", end.message);
    assert.match(end.message, /^Successfully pulled image/);
  };
  const alreadyThere = (image: string) =>
    `Container image "${imageOf(image)}" already present on machine and can be accessed by the pod`;
  const neverPull = (image: string) =>
    `Container image "${imageOf(image)}" is not present with pull policy of Never`;
  const assertFree = async (image: string, node: string) => {
    for (const pullPolicy of ["IfNotPresent", "Never"] as const) {
      const end = await run(image, { node, pullPolicy });
      assert.deepEqual(end, { state: "Running", message: alreadyThere(image), requests: 0 });
    }
  };
  const assertRefused = async (image: string, node: string) => {
    const never = await run(image, { node, pullPolicy: "Never" });
    assert.deepEqual(never, { state: "ErrImageNeverPull", message: neverPull(image), requests: 0 });
    const end = await run(image, { node, pullPolicy: "IfNotPresent" });
    assert.equal(end.state, "ErrImagePull", end.message);
    assert.match(end.message, /authorization failed: no basic auth credentials$/);
    assert.ok(end.requests > 0);
    // It is there all the same.
    assert.ok(await isOnNode(node, imageOf(image)));
    const said = end.message.split(": ").slice(-2).join(": ");
    return `Never: ${never.state}, 0 requests; IfNotPresent: ${end.state}, ${end.requests} requests: ${said}`;
  };
  const prove = (fault: string, proof: () => Promise<string>) => () =>
    proveFault({ row: 0, fault, expected: "a pod without a secret does not start" }, proof);

  it("starts for a pod of another namespace without any secret, and the registry is not asked", () =>
    assertFree("app", byDefault));

  it("still does so after a pod with the right secret has started by IfNotPresent", async () => {
    const end = await run("app", { node: byDefault, pullPolicy: "IfNotPresent", secret: login });
    assert.deepEqual(end, { state: "Running", message: alreadyThere("app"), requests: 0 });
    await assertFree("app", byDefault);
  });

  it("does not start so by Always, nor where nobody has prefetched it", async () => {
    for (const [image, pullPolicy] of [
      ["app", "Always"],
      ["unlisted", "IfNotPresent"],
    ] as const) {
      const end = await run(image, { node: byDefault, pullPolicy });
      assert.equal(end.state, "ErrImagePull", end.message);
      assert.match(end.message, /authorization failed: no basic auth credentials$/);
      assert.ok(end.requests > 0);
    }
  });

  it(
    "starts no longer so once the kubelet itself has pulled it with a secret",
    prove("the kubelet itself pulled a prefetched image with a secret", async () => {
      await pullByKubelet("app", byDefault);
      return assertRefused("app", byDefault);
    }),
  );

  it(
    "starts no longer so once the kubelet has pulled the same image by another name",
    prove("the kubelet itself pulled the same image ID by another name", async () => {
      await assertFree("twin", byDefault);
      await pullByKubelet("copy", byDefault);
      return assertRefused("twin", byDefault);
    }),
  );

  it(
    "is not freed by being prefetched again",
    prove("after that, the image was removed and prefetched again", async () => {
      await removeFromNode(byDefault, imageOf("app"));
      await prefetchAgain(byDefault);
      assert.ok(await isOnNode(byDefault, imageOf("app")));
      return assertRefused("app", byDefault);
    }),
  );

  it("starts with the right secret even so", async () => {
    for (const pullPolicy of ["IfNotPresent", "Never"] as const) {
      const end = await run("app", { node: byDefault, pullPolicy, secret: login });
      assert.deepEqual(end, { state: "Running", message: alreadyThere("app"), requests: 0 });
    }
    // The kubelet knows the secret by the other name only, and asks the registry whether it is right for this one.
    const twin = await run("twin", { node: byDefault, pullPolicy: "IfNotPresent", secret: login });
    assert.equal(twin.state, "Running", twin.message);
    assert.match(twin.message, /^Successfully pulled image/);
    assert.ok(registry.requests.every(({ kind }) => kind === "manifest"));
  });

  it("starts for every pod, whoever pulled it, on a node with the allowlist that the chart's notes print", async () => {
    await pullByKubelet("app", allowlisted);
    await pullByKubelet("copy", allowlisted);
    await assertFree("app", allowlisted);
    await assertFree("twin", allowlisted);
  });

  it("is what the allowlist is for: another image that lies on the node does not start there", async () => {
    for (const node of [byDefault, allowlisted]) await pullOverCri("unlisted", node);
    await assertFree("unlisted", byDefault);
    await assertRefused("unlisted", allowlisted);
  });

  it("leaves the password in nothing that a user can see of it", () => leaks.assertNone(name));

  /** Lets the agent of the node work once more. */
  async function prefetchAgain(node: string): Promise<void> {
    const before = await podOnNode(scene, name, node);
    await scene.kubectl("delete", "pod", before?.name ?? "", "--wait=false");
    await untilPodOnNode(
      scene,
      name,
      node,
      ({ uid, prefetch }) => uid !== before?.uid && prefetch.exitCode === 0,
    );
  }

  /** As any tool but the kubelet does it. */
  async function pullOverCri(image: string, node: string): Promise<void> {
    const found = testCluster().nodes.find((each) => each.name === node);
    const service = createImageService(found?.containerdSocket ?? "");
    const credential = { username: "alice", password, identityToken: "", origin: "a test" };
    const answer = await service.pullImage(imageOf(image), AbortSignal.timeout(20_000), credential);
    service.close();
    assert.equal(answer.kind, "pulled");
  }
});

/** The settings that the chart's notes print for a KubeletConfiguration. */
function kubeletSettingsIn(notes: string): Record<string, unknown> {
  const [, block = ""] = /\n( +imagePullCredentialsVerificationPolicy:.*?)(?:\n\n|$)/s.exec(notes) ?? [];
  const settings = parse(block) as Record<string, unknown> | null;
  if (settings === null) throw new Error(`the notes have no setting of the kubelet:\n${notes}`);
  return settings;
}
