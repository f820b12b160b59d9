import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import { writeFileAtomically } from "./write-file.ts";

/** Who a certificate speaks for. */
export interface Identity {
  /** The name of its files, NAME.crt and NAME.key. */
  readonly file: string;
  /** Kubernetes' user name. */
  readonly commonName: string;
  /** Kubernetes' group. */
  readonly organization?: string;
  /** What a server is called by, such as `IP:10.96.0.1`; without it the certificate is a client's. */
  readonly serverNames?: readonly string[];
}

const extensions = `[req]
distinguished_name = name
prompt = no
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,digitalSignature
subjectKeyIdentifier = hash
[client]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = clientAuth
[server]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = serverAuth,clientAuth
`;

/** Makes ca.crt and ca.key, and the key by which ServiceAccount tokens are signed, unless they are there. */
export async function makeAuthority(pkiDir: string): Promise<void> {
  mkdirSync(pkiDir, { recursive: true, mode: 0o700 });
  writeFileAtomically(join(pkiDir, "openssl.cnf"), extensions);
  await issue(pkiDir, pkiDir, { file: "ca", commonName: "image-prefetcher test cluster" });
  if (existsSync(join(pkiDir, "service-account.key"))) return;
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  writeFileSync(join(pkiDir, "service-account.pub"), publicKey);
  writeFileAtomically(join(pkiDir, "service-account.key"), privateKey);
}

/** Makes the identity's key and certificate in `folder`, signed by the authority in `pkiDir`, unless they are there. */
export async function makeCertificate(pkiDir: string, folder: string, identity: Identity): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await issue(pkiDir, folder, identity);
}

async function issue(pkiDir: string, folder: string, identity: Identity): Promise<void> {
  const path = join(folder, identity.file);
  // The key is written first: a certificate without one is never met.
  if (existsSync(`${path}.crt`)) return;
  const isAuthority = identity.file === "ca";
  const kind = isAuthority ? "authority" : identity.serverNames === undefined ? "client" : "server";
  const organization = identity.organization === undefined ? "" : `/O=${identity.organization}`;
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const authority = ["-CA", join(pkiDir, "ca.crt"), "-CAkey", join(pkiDir, "ca.key")];
  const names =
    identity.serverNames === undefined ? [] : ["-addext", `subjectAltName=${identity.serverNames.join(",")}`];
  await runCommand("openssl", [
    ...["req", "-x509", ...curve, "-noenc", "-days", "3650", "-config", join(pkiDir, "openssl.cnf")],
    ...["-extensions", kind, "-subj", `${organization}/CN=${identity.commonName}`],
    ...["-keyout", `${path}.key`, "-out", `${path}.crt`],
    ...(isAuthority ? [] : authority),
    ...names,
  ]);
}
