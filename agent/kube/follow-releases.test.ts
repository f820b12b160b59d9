import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Change, FleetApi } from "../fleet/fleet-api.ts";
import type { ApiServer } from "../testing/api-server.ts";
import { type ApiStream, createApiStream } from "../testing/api-stream.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { answers } from "../testing/fleet-answers.ts";
import { useApiServer } from "../testing/use-api-server.ts";
import { createFleetApi } from "./create-fleet-api.ts";

describe("following what releases have", () => {
  const apiServer = useApiServer();
  let server: ApiServer;
  let api: FleetApi;
  let stream: ApiStream;
  let controller: AbortController;
  beforeEach(() => {
    server = apiServer();
    server.requests.splice(0);
    api = createFleetApi({ clock: createFakeClock(), random: () => 0, context: undefined });
    stream = createApiStream();
    controller = new AbortController();
  });
  afterEach(() => controller.abort());

  /** The first changes of `changes`, as many as are wanted, the words for each by `words`. */
  async function seen<Item>(
    changes: AsyncIterable<Change<Item>>,
    count: number,
    words: (item: Item) => string,
  ): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const change of changes) {
      assert.ok(change.kind !== "interrupted", JSON.stringify(change));
      const items = change.kind === "all" ? change.items : [change.item];
      if (found.push(`${change.kind} ${items.map(words).join()}`) === count) break;
    }
    return found;
  }

  const daemonSet = (name: string, resourceVersion: string, ...args: readonly string[]) => ({
    metadata: { name, namespace: "ns", resourceVersion },
    spec: { selector: {}, template: { spec: { initContainers: [{ name: "prefetch", args }] } } },
  });

  it("tells of the agents' DaemonSets alone, and that one is no agents' any more", async () => {
    const [owner, moved] = ["--owner=x/y", "--owner=z/z"];
    const items = [daemonSet("a", "1", owner), daemonSet("other", "2"), daemonSet("b", "3", owner)];
    server.on(...answers({ metadata: { resourceVersion: "10" }, items }), stream);
    const changes = seen(
      api.followAgentDaemonSets(undefined, controller.signal),
      6,
      ({ name, args }) => `${name} ${args}`,
    );
    await stream.opened;
    const events: readonly [type: string, object: object][] = [
      ["MODIFIED", daemonSet("other", "11")],
      ["MODIFIED", daemonSet("a", "12", moved)],
      ["MODIFIED", daemonSet("a", "13")],
      ["DELETED", daemonSet("a", "14")],
      ["DELETED", daemonSet("other", "15")],
      ["ADDED", daemonSet("c", "16", owner)],
      ["DELETED", daemonSet("b", "17", owner)],
      ["MODIFIED", daemonSet("other", "18", owner)],
    ];
    for (const [type, object] of events) stream.send({ type, object });
    assert.deepEqual(await changes, [
      `all a ${owner},b ${owner}`,
      `set a ${moved}`,
      `removed a ${moved}`,
      `set c ${owner}`,
      `removed b ${owner}`,
      `set other ${owner}`,
    ]);
    assert.deepEqual(
      server.requests.map(({ path }) => path.split("?")[0]),
      Array(2).fill("/apis/apps/v1/daemonsets"),
    );
  });

  it("follows those of one namespace", async () => {
    server.on(...answers({ metadata: { resourceVersion: "10" } }));
    await seen(api.followAgentDaemonSets("../ns", controller.signal), 1, ({ name }) => name);
    assert.match(server.requests[0]?.path ?? "", /^\/apis\/apps\/v1\/namespaces\/..%2Fns\/daemonsets\?/);
  });

  it("tells of the pods with some labels", async () => {
    const pod = (name: string, resourceVersion: string) => ({
      metadata: { name, resourceVersion },
      spec: { nodeName: `on-${name}` },
    });
    server.on(...answers({ metadata: { resourceVersion: "10" }, items: [pod("a", "1")] }), stream);
    const changes = seen(api.followPods("../ns", { a: "b" }, controller.signal), 2, ({ node }) => node ?? "");
    await stream.opened;
    stream.send({ type: "ADDED", object: pod("b", "11") });
    assert.deepEqual(await changes, ["all on-a", "set on-b"]);
    for (const { path } of server.requests)
      assert.match(path, /^\/api\/v1\/namespaces\/..%2Fns\/pods\?labelSelector=a%3Db&/);
  });
});
