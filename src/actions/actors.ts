import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor';
import { Failure } from '../domain/failure';
import { isAddress } from '../domain/ownership';
import { groupsInRules } from '../domain/policies';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { patiently } from '../lib/patiently';
import type { Db } from '../store/db';
import { findGroups, saveGroup } from '../store/group-rows';
import { findPerson, findPersonByEmail, type Person, type StoredPerson, savePerson } from '../store/person-rows';

const personFreshMs = 10 * 60_000;
const groupFreshMs = 5 * 60_000;
/** After Slack failed to answer about someone or some group it is left alone this long, where we have an older answer. */
const restMs = 30_000;
/** What a person who pressed something may be kept waiting for a fresher answer, where we have an older one. */
const patienceMs = 1_500;
/** The name of an owner is asked for with every alert that shows it. */
const ownerFreshMs = 30 * 60_000;
const ownersKept = 5_000;

export interface ActorsDeps {
  db: Db;
  settings(): Settings;
  /** `undefined` = Slack knows nobody of this id. @throws Failure */
  fetchPerson(slackId: string): Promise<Omit<Person, 'slackId'> | undefined>;
  /** `undefined` = nobody in this workspace has the address. @throws Failure */
  fetchByEmail?(email: string): Promise<Person | undefined>;
  /** Slack ids. @throws Failure */
  fetchGroupMembers(groupId: string): Promise<string[]>;
  /**
   * Every user group with its members (Slack ids) in one call; asked where more than one is needed. Without it each is asked for,
   * and a company of many teams runs into Slack's limit of about 20 such calls a minute. @throws Failure
   */
  fetchGroups?(): Promise<FetchedGroup[]>;
  clock: Clock;
  log: Logger;
  /** @default 1,500 */
  patienceMs?: number;
}

interface FetchedGroup {
  id: string;
  /** What people know it by. */
  handle?: string;
  /** Slack ids. */
  members: string[];
}

/** Who asks: people and their groups as Slack knows them, kept in the database so that a decision seldom waits for Slack. */
export function createActors(deps: ActorsDeps) {
  const { db, settings, clock, log } = deps;
  const people = createRefreshes<StoredPerson | undefined>(clock);
  const groups = createRefreshes<string[]>(clock);
  const allGroups = createRefreshes<Map<string, string[]>>(clock);
  const owners = new Map<string, { name: string; until: number }>();

  async function refreshPerson(slackId: string): Promise<StoredPerson | undefined> {
    const person = await deps.fetchPerson(slackId);
    return person && savePerson(db, randomUUID(), { ...person, slackId }, clock.now());
  }

  async function byAddress(address: string): Promise<StoredPerson | undefined> {
    const stored = await findPersonByEmail(db, address);
    if (stored || !deps.fetchByEmail) return stored;
    const person = await deps.fetchByEmail(address);
    return person && savePerson(db, randomUUID(), person, clock.now());
  }

  async function refreshGroup(groupId: string): Promise<string[]> {
    const members = await deps.fetchGroupMembers(groupId);
    await saveGroup(db, { groupId, members }, clock.now());
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

  async function refreshAllGroups(fetch: () => Promise<FetchedGroup[]>) {
    const fetched = new Map((await fetch()).map((group) => [group.id, group]));
    // A group that is not on the list was disabled: nobody is in it.
    const lists = new Map(groupIdsOf(settings()).map((id) => [id, fetched.get(id)?.members ?? []]));
    for (const [groupId, members] of lists)
      await saveGroup(db, { groupId, handle: fetched.get(groupId)?.handle, members }, clock.now());
    return lists;
  }

  /** Of every group that the settings name. One that was never read and cannot be read has no members: rights are not guessed. */
  async function memberLists(): Promise<Map<string, string[]>> {
    const ids = groupIdsOf(settings());
    const stored = new Map((await findGroups(db, ids)).map((group) => [group.groupId, group]));
    const lists = new Map(ids.map((id) => [id, stored.get(id)?.members ?? []]));
    const stale = ids.filter((id) => !isFresh(stored.get(id)?.fetchedAt ?? new Date(0), groupFreshMs));
    const { fetchGroups } = deps;
    const waitForIt = stale.some((id) => !stored.has(id));
    // Those alone tell what a group is called.
    if (fetchGroups && (stale.length > 1 || waitForIt)) {
      const fetched = await latest(allGroups, 'all', () => refreshAllGroups(fetchGroups), { known: lists, waitForIt });
      return new Map([...lists, ...fetched]);
    }
    await Promise.all(
      stale.map(async (id) => {
        const before = { known: lists.get(id) ?? [], waitForIt: !stored.has(id) };
        lists.set(id, await latest(groups, id, () => refreshGroup(id), before));
      }),
    );
    return lists;
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
    // What comes late is only saved.
    return patiently(fetched, deps.patienceMs ?? patienceMs, before.known);
  }

  function isFresh(at: Date, forMs: number): boolean {
    return clock.now().getTime() - at.getTime() < forMs;
  }

  async function toActor(person: StoredPerson): Promise<Actor> {
    const { teams, roles } = groupsIn(settings());
    const lists = await memberLists();
    const namesOf = (groupsOf: { name: string; groupId: string }[]) =>
      groupsOf.filter(({ groupId }) => lists.get(groupId)?.includes(person.slackId)).map(({ name }) => name);
    const { fetchedAt: _fetchedAt, ...known } = person;
    const groups = groupsInRules(settings()).filter((id) => lists.get(id)?.includes(person.slackId));
    return { ...known, teams: namesOf(teams), roles: namesOf(roles), ...(groups.length > 0 ? { groups } : {}) };
  }

  return {
    /** @throws Failure `not-found` for someone Slack does not know; what Slack answered, for someone never met before */
    async get(slackId: string): Promise<Actor> {
      return toActor(await findOrFetch(slackId));
    },

    /** Slack ids of those in a user group, as known lately. @throws Failure where it was never read and cannot be */
    async membersOf(groupId: string): Promise<string[]> {
      const [stored] = await findGroups(db, [groupId]);
      if (stored && isFresh(stored.fetchedAt, groupFreshMs)) return stored.members;
      return latest(groups, groupId, () => refreshGroup(groupId), stored && { known: stored.members });
    },

    /** Makes the row of someone known by a Slack id or an e-mail address. False = Slack knows nobody by it. @throws Failure */
    async meet(name: string): Promise<boolean> {
      if (isAddress(name)) return (await byAddress(name)) !== undefined;
      if (!/^[UW][A-Z0-9]{2,}$/.test(name)) return false;
      return (await findPerson(db, name)) !== undefined || (await refreshPerson(name)) !== undefined;
    },

    /**
     * What people call the owner that a field names: by an e-mail address the person whom Slack knows by it, else the part before
     * its @; anything else (a team, a Slack id, a login) as it is. Addresses themselves are shown to nobody. Never throws.
     */
    async ownerName(owner: string): Promise<string> {
      const address = owner.trim();
      if (!isAddress(address)) return owner;
      const known = owners.get(address);
      if (known && known.until > clock.now().getTime()) return known.name;
      const person = await byAddress(address).catch((error) => {
        if (!(error instanceof Failure)) throw error;
        log.warn({ kind: error.kind }, 'actors.owner-not-read');
        return undefined;
      });
      const name = person?.name ?? address.slice(0, address.indexOf('@'));
      if (owners.size >= ownersKept) owners.clear();
      owners.set(address, { name, until: clock.now().getTime() + ownerFreshMs });
      return name;
    },
  };
}

/** Names of teams and roles with the user group that says who belongs to them. */
function groupsIn({ teams, policies }: Settings) {
  return {
    teams: teams.flatMap(({ name, members }) => (members ? [{ name, groupId: members.usergroup }] : [])),
    roles: Object.entries(policies.roles).map(([name, { usergroup }]) => ({ name, groupId: usergroup })),
  };
}

function groupIdsOf(settings: Settings): string[] {
  const { teams, roles } = groupsIn(settings);
  const { eligibleGroups } = settings.adoption;
  return [
    ...new Set([...[...teams, ...roles].map(({ groupId }) => groupId), ...groupsInRules(settings), ...eligibleGroups]),
  ];
}

interface Refreshes<T> {
  /** Whoever asks while one is under way, or read the database just before it ended, gets the same answer. */
  run(id: string, fetch: () => Promise<T>): Promise<T>;
  failedAt(id: string): number | undefined;
  noteFailure(id: string, at: number): void;
}

/** So long an answer counts for those who asked before it came. */
const sameAnswerMs = 1_000;

function createRefreshes<T>(clock: Clock): Refreshes<T> {
  const latest = new Map<string, { answer: Promise<T>; endedAt?: number }>();
  const failures = new Map<string, number>();
  return {
    run(id, fetch) {
      const known = latest.get(id);
      const now = clock.now().getTime();
      if (known && (known.endedAt === undefined || now - known.endedAt < sameAnswerMs)) return known.answer;
      const started: { answer: Promise<T>; endedAt?: number } = { answer: fetch() };
      latest.set(id, started);
      started.answer.then(
        () => {
          started.endedAt = clock.now().getTime();
          failures.delete(id);
        },
        () => latest.delete(id),
      );
      return started.answer;
    },
    failedAt: (id) => failures.get(id),
    noteFailure: (id, at) => void failures.set(id, at),
  };
}
