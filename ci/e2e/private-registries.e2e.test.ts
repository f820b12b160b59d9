import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { hostsToml } from "../cluster/hosts-toml.ts";
import { registryHostsFolder } from "../cluster/trust.ts";
import { writeFileAtomically } from "../cluster/write-file.ts";
import { proveFault } from "./support/fault-table.ts";
import { isOnNode } from "./support/node-images.ts";
import { asOtherHost } from "./support/other-host.ts";
import { podOnNode } from "./support/pod-on-node.ts";
import { openPrivateRegistry } from "./support/private-registry.ts";
import {
  dockerConfig,
  letInBy,
  loginOf,
  openPrivateScene,
  type PrivateScene,
  randomSecret,
  refusedBy,
} from "./support/private-scene.ts";
import { testCluster } from "./support/scene.ts";
import { serveWitnessFront, type WitnessFront } from "./support/witness-front.ts";

const passwords = { alice: randomSecret(), bob: randomSecret() };
const oldPassword = randomSecret();
const alice = { alice: passwords.alice };
const aliceLogin = loginOf("alice", passwords.alice);

describe("private registries", () => {
  let scene: PrivateScene;
  before(async () => {
    scene = await openPrivateScene("private-registries", [
      { user: "alice", secret: passwords.alice },
      { user: "bob", secret: passwords.bob },
      { user: "alice", secret: oldPassword },
    ]);
  });
  after(async () => {
    await scene?.[Symbol.asyncDispose]();
  });

  it("get a rotated secret's password in the next round, of the same container", () => {
    const release = "rotation";
    const row = {
      row: 12,
      fault: "the secret is wrong, and replaced during the run",
      expected: "failed, then succeeded, without a restart of the container",
    };
    return proveFault(row, async () => {
      const { node, history, start, scene: story } = scene.faults;
      await using registry = await openPrivateRegistry({ auth: "htpasswd", users: alice });
      const secretWith = (password: string) =>
        dockerConfig({ [registry.address]: loginOf("alice", password) });
      const [repository = ""] = await scene.push("rotated", 1);
      await scene.secret("rotated", secretWith(oldPassword));
      const retry = { initialDelay: "1s", maxDelay: "1s" };
      const pull = { secrets: ["rotated"], onFailure: "retry", retry };
      await start(release, [`${registry.address}/${repository}:1`], { pull });
      await history.until(node, keyOf(release), ({ label }) => label === "failed");
      const before = await podOnNode(story, release, node);
      assert.equal(before?.prefetch.isRunning, true);
      await scene.leaks.assertNone(release);

      const startMs = performance.now();
      await scene.secret("rotated", secretWith(passwords.alice));
      // Else the kubelet writes it within a minute or so, as it comes by; a pod that has changed it looks at once.
      await story.kubectl("annotate", "pod", before?.name ?? "", "story=rotated");
      await history.untilLabelled([node], keyOf(release), "succeeded");
      const seconds = (performance.now() - startMs) / 1000;
      const end = await podOnNode(story, release, node);
      assert.deepEqual([end?.uid, end?.prefetch.id], [before?.uid, before?.prefetch.id]);
      assert.equal(end?.prefetch.restartCount, 0);
      assert.deepEqual(letInBy(registry), ["alice"]);
      await scene.leaks.assertNone(release);
      return `succeeded ${seconds.toFixed(1)} s after the secret was replaced, in the same container`;
    });
  });

  it("get no other registry's credential", async () => {
    await using ofAlice = await openPrivateRegistry({ auth: "htpasswd", users: alice });
    await using ofBob = await openPrivateRegistry({ auth: "token", users: { bob: passwords.bob } });
    const logins = { [ofAlice.address]: aliceLogin, [ofBob.address]: loginOf("bob", passwords.bob) };
    await scene.secret("two-registries", dockerConfig(logins));
    const [atAlices, atBobs] = [await scene.push("alices", 2), await scene.push("bobs", 2)];
    const images = [
      ...atAlices.map((repository) => `${ofAlice.address}/${repository}:1`),
      ...atBobs.map((repository) => `${ofBob.address}/${repository}:1`),
    ];
    const end = await scene.prefetch("two-registries", images, ["two-registries"]);
    assert.deepEqual([end.label, end.refused], ["succeeded", []]);
    assert.deepEqual([letInBy(ofAlice), letInBy(ofBob)], [["alice"], ["bob"]]);
    assert.deepEqual([refusedBy(ofAlice), refusedBy(ofBob)], [[], []]);
    assert.ok(ofBob.tokenRequests.every(({ user }) => user === "bob"));
  });

  it("send for their blobs to another host, which gets no credential", () => {
    const row = {
      row: 0,
      fault: "a private registry redirects blobs (307) to another host",
      expected: "pulled; the other host gets no Authorization",
    };
    return proveFault(row, async () => {
      await using blobs = await openBlobHost();
      await using sameHost = await openBlobHost();
      const otherHost = await asOtherHost(scene.faults.node, blobs.address);
      const redirecting = (auth: "htpasswd" | "token", redirectBlobsTo: string) =>
        openPrivateRegistry({ users: alice, auth, redirectBlobsTo });
      await using withPassword = await redirecting("htpasswd", otherHost);
      await using withToken = await redirecting("token", otherHost);
      await using toItself = await redirecting("htpasswd", sameHost.address);
      const registries = [withPassword, withToken, toItself];
      const logins = registries.map(({ address }) => [address, aliceLogin] as const);
      await scene.secret("redirect", dockerConfig(Object.fromEntries(logins)));
      const repositories = await scene.push("redirected", registries.length);
      const images = registries.map(({ address }, index) => `${address}/${repositories[index]}:1`);
      const end = await scene.prefetch("redirect", images, ["redirect"]);
      assert.deepEqual([end.label, end.failures], ["succeeded", []]);
      for (const registry of registries) assert.deepEqual(letInBy(registry), ["alice"]);

      const schemesAt = ({ requests }: WitnessFront) => [...new Set(requests.map(({ scheme }) => scheme))];
      const gets = blobs.requests.filter(({ method, status }) => method === "GET" && status === 200);
      assert.equal(gets.length, 4, "each image's layer and configuration");
      assert.deepEqual(schemesAt(blobs), [undefined]);
      // Hosts are told apart by name: to another port of its own host containerd does send the credential.
      assert.deepEqual(schemesAt(sameHost), ["basic"]);
      return `${gets.length} blobs from the other host, none of its ${blobs.requests.length} requests with Authorization`;
    });
  });

  it("are reached through the node's mirror of them, with the credential of the image's own name", async () => {
    await using registry = await openPrivateRegistry({ auth: "htpasswd", users: alice });
    const node = scene.faults.scene.cluster().nodes.find(({ name }) => name === scene.faults.node);
    const folder = registryHostsFolder({ dataDir: node?.dataDir ?? "" });
    const name = "private.example.com";
    writeFileAtomically(join(folder, name, "hosts.toml"), hostsToml(registry.address));
    const images = (await scene.push("mirrored", 2)).map((repository) => `${name}/${repository}:1`);
    await scene.secret("mirrored", dockerConfig({ [name]: aliceLogin }));
    await scene.secret("mirror", dockerConfig({ [registry.address]: aliceLogin }));

    const other = await scene.prefetch("mirror", images, ["mirror"]);
    assert.deepEqual(
      other.failures,
      images.map((image) => `${image} unauthorized`),
      "the mirror's own name is none that images have",
    );
    const end = await scene.prefetch("mirrored", images, ["mirrored"]);
    assert.deepEqual([end.label, end.refused], ["succeeded", []]);
    assert.deepEqual(letInBy(registry), ["alice"]);
    for (const image of images) assert.equal(await isOnNode(scene.faults.node, image), true);
  });
});

/** A server that has every blob and asks nobody who they are. */
function openBlobHost(): Promise<WitnessFront> {
  const { registry, gateway } = testCluster();
  const [host = "", port] = registry.split(":");
  return serveWitnessFront(gateway, { upstream: { host, port: Number(port) } });
}
