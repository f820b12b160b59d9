import { type Account, faultName, patchAs, userOf } from "./api-server-account.ts";
import { createFault } from "./api-server-objects.ts";

const admission = "/apis/admissionregistration.k8s.io/v1";
const updatesOfNodes = {
  apiGroups: [""],
  apiVersions: ["v1"],
  operations: ["UPDATE"],
  resources: ["nodes"],
};

/** 500 for each patch of a Node by the account: a webhook must be asked, and nothing listens where it should be. */
export function webhookDown(account: Account): Promise<AsyncDisposable> {
  const webhook = {
    name: "nowhere.fault.example.com",
    clientConfig: { url: "https://127.0.0.1:1/" },
    rules: [updatesOfNodes],
    matchConditions: [isBy(account)],
    failurePolicy: "Fail",
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
  };
  return createFault({
    account,
    objects: [[`${admission}/validatingwebhookconfigurations`, { webhooks: [webhook] }]],
    ask: () => patchAs(account, ["system:masters"]),
    isFaulty: ({ status }) => status === 500,
  });
}

/** 403 for each patch of a Node by the account, by a ValidatingAdmissionPolicy that the message names. */
export function forbidByPolicy(account: Account): Promise<AsyncDisposable> {
  const policy = {
    failurePolicy: "Fail",
    matchConstraints: { resourceRules: [updatesOfNodes] },
    matchConditions: [isBy(account)],
    validations: [{ expression: "false", reason: "Forbidden", message: "nobody may" }],
  };
  return createFault({
    account,
    objects: [
      [`${admission}/validatingadmissionpolicies`, { spec: policy }],
      [
        `${admission}/validatingadmissionpolicybindings`,
        { spec: { policyName: faultName(account), validationActions: ["Deny"] } },
      ],
    ],
    ask: () => patchAs(account, ["system:masters"]),
    isFaulty: ({ status }) => status === 403,
  });
}

function isBy(account: Account): object {
  return { name: "by-the-account", expression: `request.userInfo.username == '${userOf(account)}'` };
}
