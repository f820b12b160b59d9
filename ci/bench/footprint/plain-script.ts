// What the agent is measured by: what it asks, by the same libraries, in 40 lines. With plain-work.ts it is all there is of it.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { IsomorphicFetchHttpLibrary } from "@kubernetes/client-node/dist/gen/http/isomorphic-fetch.js";
import { work } from "./plain-work.ts";

const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
await work(async (node, body) => {
  const server = kubeConfig.getCurrentCluster()?.server;
  const request = new RequestContext(`${server}/api/v1/nodes/${node}`, HttpMethod.PATCH);
  await kubeConfig.applySecurityAuthentication(request);
  request.setHeaderParam("Content-Type", "application/merge-patch+json");
  request.setBody(JSON.stringify(body));
  const response = await new IsomorphicFetchHttpLibrary().send(request).toPromise();
  return JSON.parse(await response.body.text());
});
