import { randomUUID } from 'node:crypto';
import type { ActionKind } from '../domain/action';
import type { Actor } from '../domain/actor';
import { sayWhoMay } from '../domain/authorise';
import { Failure } from '../domain/failure';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db } from '../store/db';
import { findGroups, type StoredGroup, saveGroup } from '../store/group-rows';
import { findPerson, findPersonByEmail, type Person, type StoredPerson, savePerson } from '../store/person-rows';

const personFreshMs = 10 * 60_000;
const groupFreshMs = 5 * 60_000;
/** After Slack failed to answer about someone or some group it is left alone this long, where we have an older answer. */
const restMs = 30_000;
/** What a person who pressed something may be kept waiting for a fresher answer, where we have an older one. */
const patienceMs = 1_500;

export interface ActorsDeps {
  db: Db;
  settings(): Settings;
  /** `undefined` = Slack knows nobody of this id. @throws Failure */
  fetchPerson(slackId: string): Promise<Omit<Person, 'slackId'> | undefined>;
  /** Slack ids. @throws Failure */
  fetchGroupMembers(groupId: string): Promise<string[]>;
  clock: Clock;
  log: Logger;
  /** @default 1,500 */
  patienceMs?: number;
}

export type Actors = ReturnType<typeof createActors>;

/** Who asks: people and their groups as Slack knows them, kept in the database so that a decision seldom waits for Slack. */
export function createActors(deps: ActorsDeps) {
  const { db, settings, clock, log } = deps;
  const people = createRefreshes<StoredPerson | undefined>();
  const groups = createRefreshes<string[]>();

  async function refreshPerson(slackId: string): Promise<StoredPerson | undefined> {
    const person = await deps.fetchPerson(slackId);
    return person && savePerson(db, randomUUID(), { ...person, slackId }, clock.now());
  }

  async function refreshGroup(groupId: string): Promise<string[]> {
    const members = await deps.fetchGroupMembers(groupId);
    await saveGroup(db, groupId, members, clock.now());
    return members;
  }

  /** @throws Failure `not-found` for someone Slack does not know; what Slack threw, for someone never met before */
  async function findOrFetch(slackId: string): Promise<StoredPerson> {
    const stored = await findPerson(db, slackId);
    if (stored && isFresh(stored.fetchedAt, personFreshMs)) return stored;
    const fresh = await latest(people, slackId, () => refreshPerson(slackId), stored && { known: stored });
    if (!fresh) throw new Failure('not-found', 'Slack', { detail: `nobody has the id ${slackId}` });
    return fresh;
  }

  async function membersOf(groupId: string, stored: StoredGroup | undefined): Promise<string[]> {
    if (stored && isFresh(stored.fetchedAt, groupFreshMs)) return stored.members;
    // A group that was never read is waited for; one that cannot be read has no members: rights are not guessed.
    const before = stored ? { known: stored.members } : { known: [], waitForIt: true };
    return latest(groups, groupId, () => refreshGroup(groupId), before);
  }

  /** What is asked for now; what was known before where Slack does not answer, or not soon enough. */
  async function latest<T>(
    refreshes: Refreshes<T>,
    id: string,
    fetch: () => Promise<T>,
    before: { known: T; waitForIt?: boolean } | undefined,
  ): Promise<T> {
    const now = clock.now().getTime();
    if (!before) return refreshes.run(id, fetch);
    if (now - (refreshes.failedAt(id) ?? Number.NEGATIVE_INFINITY) < restMs) return before.known;
    const fetched = refreshes.run(id, fetch).catch((error) => {
      refreshes.noteFailure(id, now);
      if (!(error instanceof Failure)) throw error;
      log.warn({ id, kind: error.kind }, 'actors.older-answer-used');
      return before.known;
    });
    if (before.waitForIt) return fetched;
    return withPatience(fetched, deps.patienceMs ?? patienceMs, before.known);
  }

  function isFresh(at: Date, forMs: number): boolean {
    return clock.now().getTime() - at.getTime() < forMs;
  }

  async function toActor(person: StoredPerson): Promise<Actor> {
    const { teams, policies } = settings();
    const teamGroups = teams.flatMap(({ name, members }) => (members ? [{ name, groupId: members.usergroup }] : []));
    const roleGroups = Object.entries(policies.roles).map(([name, group]) => ({ name, groupId: group.usergroup }));
    const groupIds = [...new Set([...teamGroups, ...roleGroups].map(({ groupId }) => groupId))];
    const stored = new Map((await findGroups(db, groupIds)).map((group) => [group.groupId, group]));
    const holding = new Set<string>();
    await Promise.all(
      groupIds.map(async (groupId) => {
        const members = await membersOf(groupId, stored.get(groupId));
        if (members.includes(person.slackId)) holding.add(groupId);
      }),
    );
    const namesOf = (list: { name: string; groupId: string }[]) =>
      list.filter(({ groupId }) => holding.has(groupId)).map(({ name }) => name);
    const { fetchedAt: _fetchedAt, ...known } = person;
    return { ...known, teams: namesOf(teamGroups), roles: namesOf(roleGroups) };
  }

  return {
    /** @throws Failure `not-found` for someone Slack does not know; what Slack answered, for someone never met before */
    async get(slackId: string): Promise<Actor> {
      return toActor(await findOrFetch(slackId));
    },

    /** Who may do this to pipelines of a team, as a part of a sentence: "members of *orders*". */
    async whoMay(kind: ActionKind | 'look', pipelineTeam: string | undefined): Promise<string> {
      return sayWhoMay(kind, { team: pipelineTeam }, settings());
    },

    /** The person whom an owner field names: `U123`, `<@U123>`, or the e-mail address of somebody met before. */
    async bySlackIdOrEmail(text: string): Promise<Actor | undefined> {
      const wanted = text.trim().replace(/^<@([^|>]+)(?:\|[^>]*)?>$/, '$1');
      if (/^[UW][A-Z0-9]{2,}$/.test(wanted)) {
        try {
          return await toActor(await findOrFetch(wanted));
        } catch (error) {
          if (error instanceof Failure) return undefined;
          throw error;
        }
      }
      const person = wanted.includes('@') ? await findPersonByEmail(db, wanted) : undefined;
      return person && toActor(person);
    },
  };
}

interface Refreshes<T> {
  /** Whoever asks while one is under way gets the same answer. */
  run(id: string, fetch: () => Promise<T>): Promise<T>;
  failedAt(id: string): number | undefined;
  noteFailure(id: string, at: number): void;
}

function createRefreshes<T>(): Refreshes<T> {
  const underWay = new Map<string, Promise<T>>();
  const failures = new Map<string, number>();
  return {
    run(id, fetch) {
      const running = underWay.get(id);
      if (running) return running;
      const started = fetch()
        .then((answer) => {
          failures.delete(id);
          return answer;
        })
        .finally(() => underWay.delete(id));
      underWay.set(id, started);
      return started;
    },
    failedAt: (id) => failures.get(id),
    noteFailure: (id, at) => void failures.set(id, at),
  };
}

/** The answer, or the older one when it does not come soon enough; then whatever comes of it is only saved. */
async function withPatience<T>(answer: Promise<T>, timeoutMs: number, older: T): Promise<T> {
  answer.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(older), timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
