import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { redactKubelet } from "./redact-kubelet.ts";

describe("redactKubelet()", () => {
  it("keeps what is wrong with a volume called token", () => {
    const text = 'MountVolume.SetUp failed for volume "token" : configmap "kube-root-ca.crt" not found';
    assert.equal(redactKubelet(text), text);
  });

  it("takes out what may be a secret on either side of it", () =>
    assert.equal(
      redactKubelet('password=x for volume "token" : https://u:p@example.com'),
      'password=[redacted] for volume "token" : https://[redacted]@example.com',
    ));
});
