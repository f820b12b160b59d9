import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createImageService, type ImageServiceForTests } from "../../agent/cri/create-image-service.ts";
import { processesIn } from "../cluster/cgroup.ts";
import { openPrivateRegistry, type PrivateRegistry } from "./support/private-registry.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

const password = randomBytes(12).toString("hex");
const identityToken = randomBytes(12).toString("hex");

describe("a private registry", () => {
  let scene: Scene;
  let containerd: ImageServiceForTests;
  before(async () => {
    scene = await openScene("private-tools", 1);
    const node = scene.cluster().nodes.find(({ name }) => name === scene.nodes()[0]);
    containerd = createImageService(node?.containerdSocket ?? "");
    await pushSampleImage("private-tools/image");
  });
  after(async () => {
    containerd?.close();
    await scene?.[Symbol.asyncDispose]();
  });

  const pull = async (registry: PrivateRegistry, login: Login) => {
    registry.clear();
    const credential = { username: "", password: "", identityToken: "", origin: "a test", ...login };
    const image = `${registry.address}/private-tools/image:1`;
    const answer = await containerd.pullImage(image, AbortSignal.timeout(20_000), credential);
    await containerd.removeImage(image, AbortSignal.timeout(20_000));
    return answer.kind === "pulled" ? "pulled" : answer.failure.reason;
  };
  const users = { alice: password };

  it("with htpasswd lets in whom it knows, and notes who asked", async () => {
    await using registry = await openPrivateRegistry({ auth: "htpasswd", users });
    assert.equal(await pull(registry, { username: "alice", password }), "pulled");
    assert.deepEqual(letIn(registry), ["alice"]);
    for (const login of [{ username: "alice", password: "wrong" }, { username: "bob", password }, {}]) {
      assert.equal(await pull(registry, login), "unauthorized");
      assert.deepEqual(letIn(registry), []);
    }
  });

  it("with tokens lets in whom its token server knows, by password or identity token", async () => {
    const identityTokens = { [identityToken]: "carol" };
    await using registry = await openPrivateRegistry({ auth: "token", users, identityTokens });
    assert.equal(await pull(registry, { username: "alice", password }), "pulled");
    assert.deepEqual(letIn(registry), ["alice"]);
    const scope = "repository:private-tools/image:pull";
    const granted = { user: "alice", scope, isGranted: true };
    assert.deepEqual(registry.tokenRequests[0], { grant: "password", ...granted });

    assert.equal(await pull(registry, { identityToken }), "pulled");
    assert.deepEqual(letIn(registry), ["carol"]);
    assert.deepEqual(registry.tokenRequests[0], { ...granted, grant: "refresh_token", user: "carol" });

    for (const login of [{ username: "alice", password: "wrong" }, { identityToken: "wrong" }, {}]) {
      assert.equal(await pull(registry, login), "unauthorized");
      assert.deepEqual(letIn(registry), []);
      assert.deepEqual(
        registry.tokenRequests.filter(({ isGranted }) => isGranted),
        [],
      );
    }
  });

  it("leaves no process and no file", async () => {
    const { folder, cgroup } = scene.cluster();
    const { id, ...registry } = await openPrivateRegistry({ auth: "htpasswd", users });
    const left = () => [processesIn(`${cgroup}/control/${id}`).length, existsSync(join(folder, id))];
    assert.deepEqual(left(), [1, true]);
    await registry[Symbol.asyncDispose]();
    assert.deepEqual(left(), [0, false]);
  });
});

type Login = Partial<Record<"username" | "password" | "identityToken", string>>;

/** Those to whom the registry gave something. */
function letIn({ requests }: PrivateRegistry): readonly (string | undefined)[] {
  return [...new Set(requests.filter(({ status }) => status === 200).map(({ user }) => user))];
}
