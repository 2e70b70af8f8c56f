import { type Share, share } from './share';

export interface PavedFacts {
  team?: string;
  hasOwner: boolean;
  hasTests: boolean;
  hasRunbook: boolean;
  hasDeadline: boolean;
  repository?: string;
}

const stones = { owner: 'hasOwner', tests: 'hasTests', runbook: 'hasRunbook', deadline: 'hasDeadline' } as const;
export type Stone = keyof typeof stones;

export interface PavedPath {
  pipelines: number;
  with: Record<Stone, Share>;
  /** All four. */
  paved: Share;
  /** Distinct repositories, and how many each team has; most first. */
  repositories: number;
  byTeam: { team: string; repositories: number }[];
}

export const isPaved = (facts: PavedFacts): boolean => Object.values(stones).every((key) => facts[key]);

export function pavedPath(pipelines: readonly PavedFacts[]): PavedPath {
  const of = (has: (facts: PavedFacts) => boolean) => share(pipelines.filter(has).length, pipelines.length);
  const teams = [...new Set(pipelines.map(({ team = 'no team' }) => team))];
  const distinct = (some: readonly PavedFacts[]) =>
    new Set(some.flatMap(({ repository }) => (repository ? [repository] : []))).size;
  return {
    pipelines: pipelines.length,
    with: {
      owner: of(({ hasOwner }) => hasOwner),
      tests: of(({ hasTests }) => hasTests),
      runbook: of(({ hasRunbook }) => hasRunbook),
      deadline: of(({ hasDeadline }) => hasDeadline),
    },
    paved: of(isPaved),
    repositories: distinct(pipelines),
    byTeam: teams
      .map((team) => ({ team, repositories: distinct(pipelines.filter((each) => (each.team ?? 'no team') === team)) }))
      .filter(({ repositories }) => repositories > 0)
      .sort((a, b) => b.repositories - a.repositories || (a.team < b.team ? -1 : 1)),
  };
}
