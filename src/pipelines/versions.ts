import { type Abilities, whyNot } from '../domain/ability';
import type { Change } from '../domain/change';
import { labelOf, type Pipeline, type PipelineRef } from '../domain/pipeline';
import { versionList } from '../domain/version-list';
import type { Clock } from '../lib/clock';
import type { Orchestrator } from '../orchestrators/orchestrator';
import * as changeRows from '../store/change-rows';
import type { Db } from '../store/db';
import type { NameMatch } from './name-match';
import { named } from './named';

/** A menu of Slack has room for so many. */
const versionsOffered = 100;
/** Several changes may be about one version. */
const changesRead = 400;

export interface VersionReadDeps {
  db: Db;
  clock: Clock;
  orchestrator(connection: string): Orchestrator | undefined;
  abilitiesOf(connection: string): Abilities;
  lookUp(name: string): Promise<NameMatch>;
  profile(ref: PipelineRef): Promise<Pipeline>;
  /** What people call whom an orchestrator names: never an address. */
  nameOf(by: string): Promise<string>;
}

/** The versions of a pipeline that a person can choose from. */
export function createVersionReads(deps: VersionReadDeps) {
  const { db, clock, orchestrator, abilitiesOf, lookUp, profile } = deps;

  async function about(ref: PipelineRef) {
    const pipeline = await profile(ref);
    const { connection, key } = pipeline;
    const label = labelOf(pipeline);
    const why = whyNot(abilitiesOf(connection), 'redeploy');
    if (why !== undefined) return { kind: 'not-able' as const, label, connection, why };
    const list = versionList(await changesOf({ connection, key }), versionsOffered);
    const names = await namesOf(list.versions.flatMap(({ by }) => by ?? []));
    const versions = list.versions.map((each) => (each.by ? { ...each, by: names.get(each.by) ?? each.by } : each));
    return { kind: 'found' as const, pipeline: { connection, key }, label, ...list, versions };
  }

  /** As the orchestrator has it now; where it cannot tell, as we heard of it. */
  async function changesOf(ref: PipelineRef): Promise<Change[]> {
    const told = (await orchestrator(ref.connection)?.versions?.(ref)) ?? [];
    return told.some(({ version }) => version)
      ? told
      : changeRows.before(db, ref, { until: clock.now(), limit: changesRead });
  }

  async function namesOf(people: string[]): Promise<Map<string, string>> {
    const each = [...new Set(people)];
    return new Map(await Promise.all(each.map(async (by) => [by, await deps.nameOf(by)] as const)));
  }

  return {
    about,

    /** By a name as people type it. @throws Failure */
    named: (asked: string) => named(asked, { lookUp, about }),
  };
}
