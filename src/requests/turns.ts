/**
 * Whose turn it is: requests go round among those of the team who are at work. In: the group on call, else the members of the team, and
 * what each was given last. Out: one person with the reason, or nobody.
 */
import type { Actor } from '../domain/actor';
import type { Settings, Team } from '../domain/settings';
import { isWorking } from '../domain/working-time';
import type { Clock } from '../lib/clock';
import type { Tx } from '../store/db';
import type { StoredRequest } from '../store/request-rows';
import * as requestRows from '../store/request-rows';

export interface TurnDeps {
  clock: Clock;
  settings(): Settings;
  /** @throws Failure */
  actor(slackId: string): Promise<Actor>;
  /** Slack ids of those in a user group. @throws Failure */
  membersOf(groupId: string): Promise<string[]>;
}

export interface Turn {
  person: Actor;
  /** How many could have been given it. */
  atWork: number;
  /** When they were last given one; nothing = not in the last quarter. */
  since?: Date;
}

export type Turns = ReturnType<typeof createTurns>;

/** Who was given nothing for so long is first. */
const rememberedMs = 92 * 86_400_000;

export function createTurns({ clock, settings, actor, membersOf }: TurnDeps) {
  /** Those of the team who are here: at work by the workspace's hours in their own zone. @throws Failure */
  async function atWork(teamName: string | undefined): Promise<Actor[]> {
    const group = groupOf(teamNamed(settings(), teamName ?? settings().support.team));
    if (!group) return [];
    const people = await Promise.all((await membersOf(group)).map(actor));
    const { workspace } = settings();
    return people.filter(
      (person) =>
        !person.isDeactivated &&
        !person.isBot &&
        !person.isGuest &&
        isWorking(clock.now(), { ...workspace, timeZone: person.timeZone ?? workspace.timeZone }),
    );
  }

  /**
   * Whoever of them has waited longest for one; not who asked, and who had this one before only where there is nobody else. Locks the
   * turns until the transaction ends, so that two requests at once go to two people.
   */
  async function choose(tx: Tx, request: StoredRequest, people: readonly Actor[]): Promise<Turn | undefined> {
    await requestRows.lockTurns(tx);
    const others = people.filter(({ personId }) => personId !== request.requester);
    const had = await requestRows.hadIt(tx, request.id);
    const fresh = others.filter(({ personId }) => !had.has(personId) && personId !== request.assignee);
    const able = fresh.length > 0 ? fresh : others.filter(({ personId }) => personId !== request.assignee);
    const ids = able.map(({ personId }) => personId);
    const given = await requestRows.lastGiven(tx, ids, new Date(clock.now().getTime() - rememberedMs));
    const since = ({ personId }: Actor) => given.get(personId)?.getTime() ?? 0;
    const [person] = [...able].sort((a, b) => since(a) - since(b) || (a.slackId < b.slackId ? -1 : 1));
    if (!person) return undefined;
    const last = given.get(person.personId);
    return { person, atWork: able.length, ...(last ? { since: last } : {}) };
  }

  return { atWork, choose };
}

function teamNamed({ teams }: Settings, name: string | undefined): Team | undefined {
  return teams.find((team) => team.name.toLowerCase() === name?.toLowerCase());
}

const groupOf = (team: Team | undefined): string | undefined => team?.onCall?.usergroup ?? team?.members?.usergroup;
