import { after, before } from "node:test";
import { type ApiServer, startApiServer } from "./api-server.ts";

/** One API server for the tests of the suite that calls this, to which KUBECONFIG leads while they run. */
export function useApiServer(): () => ApiServer {
  let server: ApiServer | undefined;
  const kubeConfigBefore = process.env.KUBECONFIG;
  before(async () => {
    server = await startApiServer();
    process.env.KUBECONFIG = server.kubeConfigPath;
  });
  after(async () => {
    if (kubeConfigBefore === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = kubeConfigBefore;
    await server?.close();
  });
  return () => {
    if (server === undefined) throw new Error("the API server has not started yet");
    return server;
  };
}
