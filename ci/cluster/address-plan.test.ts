import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clusterAddresses, maxNodeNumber, maxSlot, nodeAddresses, touchesSlot } from "./address-plan.ts";

describe("clusterAddresses()", () => {
  it("gives no two slots an address, a network or a bridge in common", () => {
    const all = [...Array(maxSlot).keys()].map((index) => clusterAddresses(index + 1));
    for (const key of ["network", "bridge", "gateway", "loopback", "apiServer", "registry"] as const) {
      assert.equal(new Set(all.map((addresses) => addresses[key])).size, maxSlot, key);
    }
  });
});

describe("nodeAddresses()", () => {
  it("stays within the cluster's network and within what an octet takes", () => {
    assert.deepEqual(nodeAddresses(maxSlot, maxNodeNumber), {
      address: "10.190.0.250",
      podNetwork: "10.190.240.0/24",
      vethName: "prefetch90n240",
    });
  });

  it("gives interface names of at most 15 characters, which is what the kernel takes", () => {
    assert.ok(nodeAddresses(maxSlot, maxNodeNumber).vethName.length <= 15);
  });
});

describe("touchesSlot()", () => {
  it("is true of an address and of a network within the slot's network", () => {
    assert.ok(touchesSlot(1, "10.101.4.4"));
    assert.ok(touchesSlot(1, "10.101.0.0/24"));
  });

  it("is false of others, also of those that begin with the same digits", () => {
    for (const address of ["10.10.1.0", "10.1.1.1", "110.101.0.1", "default"])
      assert.ok(!touchesSlot(1, address));
  });
});
