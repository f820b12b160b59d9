import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { kubeConfigFor } from "../testing/api-server.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { answers } from "../testing/fleet-answers.ts";
import { useApiServer } from "../testing/use-api-server.ts";
import { follow } from "./follow.ts";
import type { WatchedObject } from "./watch.ts";

const nameless = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });

describe("following, where something lasting is in the way,", () => {
  const server = useApiServer();

  /** Changes, where the requests after the first `wellCount` come to this. */
  function followUntil(wellCount: number, failing: { readonly login?: Error; readonly connection?: Error }) {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(kubeConfigFor(server().url, {}));
    let count = 0;
    kubeConfig.applySecurityAuthentication = async (context: RequestContext) => {
      count += 1;
      if (count <= wellCount) return;
      if (failing.login) throw failing.login;
      const { connection } = failing;
      // As undici tells of a name that nobody has.
      const dispatch = () => {
        throw connection;
      };
      context.setDispatcher({ dispatch } as unknown as NonNullable<
        ReturnType<RequestContext["getDispatcher"]>
      >);
    };
    server().on(...answers({ metadata: { resourceVersion: "1" }, items: [] }));
    const followed = {
      question: { what: "list nodes", path: "/nodes" },
      project: (item: WatchedObject) => item,
    };
    const sender = { kubeConfig, clock: createFakeClock() };
    const never = new AbortController().signal;
    return follow(followed, { sender, random: () => 0 }, never)[Symbol.asyncIterator]();
  }

  it("throws at once where the server's name is wrong from the start", async () => {
    const changes = followUntil(0, { connection: nameless });
    await assert.rejects(changes.next(), { name: "KubeError", lasting: "server" });
  });

  it("takes a name that is not known any more for an interruption", async () => {
    const changes = followUntil(1, { connection: nameless });
    const kinds = [(await changes.next()).value?.kind, (await changes.next()).value?.kind];
    assert.deepEqual(kinds, ["all", "interrupted"]);
    await changes.return?.();
  });

  for (const wellCount of [0, 1])
    it(`throws at once where the login fails, after ${wellCount} requests`, async () => {
      const changes = followUntil(wellCount, { login: new Error("no") });
      for (let count = 0; count < wellCount; count += 1)
        assert.equal((await changes.next()).value?.kind, "all");
      await assert.rejects(changes.next(), { name: "KubeError", lasting: "login" });
    });
});
