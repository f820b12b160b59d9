import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { installPrograms, missingPrograms, programsToRun } from "../cluster/install/host-programs.ts";
import { runCommand } from "../run-command.ts";

/** An API server that nothing but its proxy reaches: no name service knows its name. */
export interface ProxiedApiServer extends AsyncDisposable {
  /** The cluster of a kubeconfig, with the proxy's URL and the server's certificate. */
  readonly cluster: object;
  /** The paths that the server was asked for, each list of which is empty. */
  readonly asked: readonly string[];
  /** Where the proxy was asked to connect to. */
  readonly targets: readonly string[];
}

const name = "api.example.com";

/** Starts both; `folder` takes the server's key. */
export async function startProxiedApiServer(folder: string): Promise<ProxiedApiServer> {
  const { key, cert } = await makeIdentity(folder);
  const asked: string[] = [];
  const server = createHttpsServer({ key, cert }, ({ url = "" }, response) => {
    asked.push(url);
    response.setHeader("content-type", "application/json").end('{"metadata":{},"items":[]}');
  });
  const serverPort = await listen(server);
  const targets: string[] = [];
  const tunnels: Duplex[] = [];
  const proxy = createHttpServer().on("connect", ({ url = "" }, client: Duplex, head: Buffer) => {
    targets.push(url);
    const upstream = connect(serverPort, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    tunnels.push(client, upstream);
    for (const end of [client, upstream]) end.on("error", () => {});
  });
  const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
  return {
    cluster: {
      server: `https://${name}:6443`,
      "proxy-url": proxyUrl,
      "certificate-authority-data": cert.toString("base64"),
    },
    asked,
    targets,
    [Symbol.asyncDispose]: async () => {
      for (const tunnel of tunnels) tunnel.destroy();
      for (const each of [server, proxy]) each.close().closeAllConnections();
    },
  };
}

/** A kubeconfig of one cluster, and a user without a credential. */
export function kubeconfigFor(cluster: object): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "both", context: { cluster: "c", user: "u" } }],
    "current-context": "both",
  });
}

async function makeIdentity(folder: string): Promise<{ readonly key: Buffer; readonly cert: Buffer }> {
  const [key, cert] = [join(folder, "api.key"), join(folder, "api.crt")];
  // `npm run check` comes before the cluster that installs it.
  const missing = missingPrograms(programsToRun.filter(({ file }) => file === "openssl"));
  if (missing.length > 0) await installPrograms(missing, () => {});
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const names = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  await runCommand("openssl", ["req", "-x509", ...curve, ...names, "-keyout", key, "-out", cert]);
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}
