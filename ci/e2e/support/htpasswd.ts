import { randomInt } from "node:crypto";
import { runCommand } from "../../run-command.ts";

// bcrypt's own alphabet, from which a salt of 128 bits takes 22 characters.
const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
// The least work that bcrypt knows: the registry hashes at each request.
const cost = "04";

/**
 * The text of an htpasswd file with bcrypt, the only hash that the registry takes. Node.js has none; perl is on every Debian
 * (perl-base is essential), and its `crypt` is the C library's. No password is on a command line.
 */
export async function htpasswdText(users: Readonly<Record<string, string>>): Promise<string> {
  const lines = await Promise.all(
    Object.entries(users).map(async ([user, password]) => `${user}:${await bcrypt(password)}\n`),
  );
  return lines.join("");
}

async function bcrypt(password: string): Promise<string> {
  const salt = Array.from({ length: 22 }, () => alphabet[randomInt(alphabet.length)]).join("");
  const program = 'my $password = do { local $/; <STDIN> }; print crypt($password, $ARGV[0]) // ""';
  const setting = `$2y$${cost}$${salt}`;
  const { stdout } = await runCommand("perl", ["-e", program, setting], { input: password });
  if (!/^\$2y\$.{56}$/.test(stdout)) throw new Error("perl's crypt knows no bcrypt on this machine");
  return stdout;
}
