import { Failure } from '../../domain/failure';
import type { Target } from '../../domain/target';
import { orGone } from '../gone';
import type { ActionAbility, Call, PlannedRun, Receipt } from '../orchestrator';
import type { PassedParameters } from './api';
import { callerOf } from './caller';
import type { ChangeDeps } from './change-deps';
import { passParameters } from './parameters';
import { runDateOf, runDateParam, runDateParams } from './run-dates';
import { concurrencyOf, obstacleToStart, strategyOf } from './run-strategy';
import type { Definition, Overview } from './schema';

type Ability = ActionAbility & { lookUp(call: Call): Promise<Receipt | undefined> };

const versionsKept = 50;

/** New runs of the version in force: one with parameters, or one for each day or partition of a backfill. */
export function createStarts({ api, own, aims, refusals, user, partitionParam }: ChangeDeps): {
  start: Ability;
  backfill: Ability;
} {
  /** A version that has a number never changes, and a backfill asks for the same one thousands of times. */
  const kept = new Map<string, Definition>();

  async function definitionOf(workflow: string, version: number | 'active'): Promise<Definition | undefined> {
    if (version === 'active') return orGone(api.definition(workflow, version));
    const key = `${workflow}:${version}`;
    const known = kept.get(key);
    if (known) return known;
    const definition = await orGone(api.definition(workflow, version));
    if (kept.size >= versionsKept) kept.clear();
    if (definition) kept.set(key, definition);
    return definition;
  }

  async function read(target: Target): Promise<{ overview: Overview; definition: Definition }> {
    const workflow = aims.pipeline(target).key;
    const asked = target.kind === 'partitions' && target.version !== undefined ? Number(target.version) : 'active';
    if (Number.isNaN(asked)) throw refusals.no('A version has a number. Name that.');
    const [overview, definition] = await Promise.all([orGone(api.overview(workflow)), definitionOf(workflow, asked)]);
    if (!overview) throw refusals.no(`There is no pipeline ${workflow}. Look whether it was renamed or removed.`);
    if (definition) return { overview, definition };
    if (asked !== 'active') throw refusals.no(`There is no version ${asked} of ${workflow}. Choose another.`);
    throw refusals.no(`No version of ${workflow} is in force, so it does not run. Redeploy one of its versions first.`);
  }

  /** @throws Failure `rejected` where one of these cannot be run for */
  function mustFit(partitions: readonly string[], { workflow }: Definition): void {
    if (partitionParam !== runDateParam) {
      for (const partition of partitions)
        passParameters({ [partitionParam]: partition }, workflow.params, 'start', refusals);
      return;
    }
    const wrong = partitions.find((partition) => runDateOf(partition) === undefined);
    if (wrong !== undefined) throw refusals.no(`"${wrong}" is not a day, such as 2026-11-25. Name days.`);
    const fixed = [runDateParam, 'RUN_TS'].find((name) => isFixed(workflow.params?.[name]?.mode));
    if (fixed)
      throw refusals.no(
        `This pipeline fixes ${fixed} in its definition, so it cannot be run for another day. Change that in the definition, or start a plain run instead.`,
      );
  }

  /** A part of the data as the parameters that make a run be for it. */
  function parametersFor(partition: string, definition: Definition): PassedParameters {
    mustFit([partition], definition);
    const runDate = runDateOf(partition);
    return partitionParam === runDateParam && runDate
      ? runDateParams(runDate, definition.workflow)
      : passParameters({ [partitionParam]: partition }, definition.workflow.params, 'start', refusals);
  }

  function given(target: Target, { workflow }: Definition): PassedParameters {
    const parameters = target.kind === 'pipeline' || target.kind === 'partitions' ? (target.parameters ?? {}) : {};
    return passParameters(parameters, workflow.params, 'start', refusals);
  }

  /** @throws Failure `rejected` or `busy` where a new run would be dropped, would stop another, or would never begin */
  function mustBeFree(overview: Overview): void {
    const why = obstacleToStart(overview);
    if (why) throw why.passes ? refusals.notYet(why.say) : refusals.no(why.say);
  }

  async function perform(target: Target, params: (definition: Definition) => PassedParameters, call: Call) {
    const { key } = aims.pipeline(target);
    const { overview, definition } = await read(target);
    try {
      mustBeFree(overview);
    } catch (error) {
      // What is going may be the run of this very call.
      const found = error instanceof Failure ? await own.ofWorkflow(key, call) : undefined;
      if (found) return found;
      throw error;
    }
    const answer = await api.start(
      key,
      definition.metadata.workflow_version_id,
      { requestId: call.idempotencyKey, params: params(definition) },
      callerOf(call, user),
    );
    return own.receiptOf(answer, () => own.ofWorkflow(key, call));
  }

  const lookUp = (call: Call) => own.ofWorkflow(aims.pipeline(call.target).key, call);
  const versionIn = ({ metadata }: Definition) => `version ${metadata.workflow_version_id}`;

  return {
    start: {
      async plan(target) {
        const { overview, definition } = await read(target);
        mustBeFree(overview);
        given(target, definition);
        const waits = strategyOf(overview.properties_snapshot).atOnce === 1 && isBusy(overview);
        return [
          { note: `A new run of ${versionIn(definition)}.${waits ? ' It waits for the run that is going.' : ''}` },
        ];
      },
      perform: (target, call) => perform(target, (definition) => given(target, definition), call),
      lookUp,
    },

    backfill: {
      async plan(target): Promise<PlannedRun[]> {
        const { partitions } = aims.partitions(target);
        const { overview, definition } = await read(target);
        const why = obstacleToStart(overview);
        if (why && !why.passes) throw refusals.no(why.say);
        given(target, definition);
        mustFit(partitions, definition);
        const { why: pace } = concurrencyOf(strategyOf(overview.properties_snapshot));
        const note = `With ${versionIn(definition)}. ${pace}`;
        const version = String(definition.metadata.workflow_version_id);
        return partitions.map((partition) => ({ partition, version, note }));
      },
      async perform(target, call) {
        const [partition, ...others] = aims.partitions(target).partitions;
        if (partition === undefined || others.length > 0) throw refusals.no('One day or partition a run. Name one.');
        const params = (definition: Definition) => ({
          ...given(target, definition),
          ...parametersFor(partition, definition),
        });
        return perform(target, params, call);
      },
      async concurrency({ key }) {
        return concurrencyOf(strategyOf((await api.overview(key)).properties_snapshot));
      },
      lookUp,
    },
  };
}

const isFixed = (mode: string | null | undefined) => /^(?:CONSTANT|IMMUTABLE)$/i.test(mode ?? '');

function isBusy({ nonterminal_instances: counts }: Overview): boolean {
  return Object.values(counts ?? {}).some((count) => count > 0);
}
