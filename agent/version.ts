/** The agent's version: package.json's, and the chart's appVersion (agent/version.test.ts holds the three together). */
export const version = "0.1.0";
