import type { RegistryRequest } from "./registry-front.ts";

/** The different repositories that were asked for anything, in the order of their first request. */
export function askedRepositories(requests: readonly RegistryRequest[]): readonly string[] {
  return [...new Set(repositoriesOf(requests))];
}

/** Whose turn it was: the repository of each request, those that follow one another as one. */
export function turnsOf(requests: readonly RegistryRequest[]): readonly string[] {
  return repositoriesOf(requests).filter((repository, index, all) => repository !== all[index - 1]);
}

function repositoriesOf(requests: readonly RegistryRequest[]): readonly string[] {
  return requests.flatMap(({ repository }) => repository ?? []);
}
