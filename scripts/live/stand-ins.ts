import type { LiveProduct } from './product';

/** What no machine of one's own can run, held to the same contract against the servers of the tests. */
export const standIns: LiveProduct[] = [
  standIn('dbt-cloud', 'dbt Cloud', 'dbt'),
  standIn('generic-http', 'In-house (generic HTTP)', 'generic-http'),
];

function standIn(name: string, title: string, kind: string): LiveProduct {
  return {
    ...{ name, title, kind, version: '', isStandIn: true },
    tests: `orchestrators/${kind}/contract.test.ts`,
    install: async () => undefined,
    start: async () => ({ about: { name }, stop: async () => undefined }),
  };
}
