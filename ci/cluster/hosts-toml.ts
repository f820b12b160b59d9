/**
 * containerd's hosts.toml that sends every request for a registry to the plain-http registry at `hostPort`. That one
 * is named as the server too: a miss is "not found" at once, instead of a try at the real one.
 */
export function hostsToml(hostPort: string): string {
  return `server = "http://${hostPort}"\n\n[host."http://${hostPort}"]\n  capabilities = ["pull", "resolve"]\n`;
}

/** Whether it can be a registry's HOST:PORT, with a name or an IPv4 address. */
export function isHostPort(text: string): boolean {
  const [, port] = /^[a-z0-9]+(?:[.-][a-z0-9]+)*:([0-9]{1,5})$/i.exec(text) ?? [];
  return port !== undefined && Number(port) > 0 && Number(port) < 65_536;
}
