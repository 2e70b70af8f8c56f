import type { Target } from '../../domain/target';
import { orGone } from '../gone';
import type { ActionAbility, Call, Receipt } from '../orchestrator';
import { isSince } from '../since';
import { callerOf } from './caller';
import type { ChangeDeps } from './change-deps';
import type { Definition } from './schema';

/** Puts a version in force, a newer or an older one: runs that are started from now on take it. Runs that there are keep theirs. */
export function createRedeploy({ api, aims, refusals, user }: ChangeDeps): ActionAbility & {
  lookUp(call: Call): Promise<Receipt | undefined>;
} {
  function versionOf(target: Target): { workflow: string; version: number } {
    const text = target.kind === 'version' ? target.version : '';
    const [, number] = /^v?(\d{1,15})$/i.exec(text.trim()) ?? [];
    if (!number || Number(number) < 1)
      throw refusals.no(text ? `"${text}" is not a version. Name its number.` : 'Name the version, by its number.');
    return { workflow: aims.pipeline(target).key, version: Number(number) };
  }

  async function defined(workflow: string, version: number): Promise<Definition> {
    const definition = await orGone(api.definition(workflow, version));
    if (definition) return definition;
    const latest = await orGone(api.definition(workflow, 'latest'));
    if (!latest) throw refusals.no(`There is no pipeline ${workflow}. Look whether it was renamed or removed.`);
    throw refusals.no(
      `There is no version ${version} of ${workflow}. Choose another; the newest is ${latest.metadata.workflow_version_id}.`,
    );
  }

  const isInForce = 'is in force already. Start or retry a run to have it run again.';

  return {
    async plan(target) {
      const { workflow, version } = versionOf(target);
      const [wanted, overview] = await Promise.all([defined(workflow, version), api.overview(workflow)]);
      const active = overview.active_version_id;
      if (active === version) throw refusals.no(`Version ${version} ${isInForce}`);
      const { version_author: by, git_info: git } = wanted.metadata;
      const origin = [by && `by ${by}`, git?.sha && `commit ${git.sha}`].filter(Boolean).join(', ');
      const instead = active ? `takes the place of version ${active}` : 'comes into force; none was';
      const live = Object.values(overview.nonterminal_instances ?? {}).reduce((sum, count) => sum + count, 0);
      const going =
        live > 0
          ? ` ${live === 1 ? 'The run that is going keeps its' : `${live} runs that are going keep their`} version.`
          : '';
      return [{ note: `Version ${version}${origin ? ` (${origin})` : ''} ${instead}, from the next run on.${going}` }];
    },

    async perform(target, call) {
      const { workflow, version } = versionOf(target);
      await defined(workflow, version);
      await api.activate(workflow, version, callerOf(call, user));
      return { note: `Version ${version} is in force, from the next run on.` };
    },

    /** Found also where another version was put in force after it: asking again would undo that. */
    async lookUp(call) {
      const { workflow, version } = versionOf(call.target);
      const [overview, wanted] = await Promise.all([api.overview(workflow), defined(workflow, version)]);
      const isTheirs = wanted.activated_by === (call.actor || user) && isSince(call, wanted.activate_time);
      if (overview.active_version_id !== version && !isTheirs) return undefined;
      return { note: `Version ${version} is in force.`, duplicate: true };
    },
  };
}
