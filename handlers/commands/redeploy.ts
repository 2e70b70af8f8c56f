import { saying } from '../../src/slack/form';
import { redeployTitle, renderRedeployForm } from '../../src/slack/redeploy-form';
import { renderStatus } from '../../src/slack/status';
import type { CommandCall } from '../calls';
import type { Asked, Shown } from '../dialog';
import type { CommandPlan } from '../listen';
import { showPlan } from '../plan';

/** `/pipeline redeploy orders_daily 11`: the plan to put a version in force; without one, the versions to choose from. */
export function redeployOf(
  { rest }: { rest: string },
  { command }: Pick<CommandCall, 'command'>,
): Extract<CommandPlan, { open: unknown }>['open'] {
  const [, name = rest, version] = /^(.*\S)\s+v?(\d[\w.-]*)$/i.exec(rest) ?? [];
  const meanwhile = 'Looking at its versions…';
  return {
    title: redeployTitle,
    what: 'pipeline redeploy',
    needs: 'redeploy',
    ...(version === undefined ? { meanwhile } : {}),
    show: (asked) => (version === undefined ? choose(asked, name) : planFor(asked, { name, version, command })),
  };
}

async function choose({ actor, place, services }: Asked<undefined>, name: string): Promise<Shown> {
  const answer = await services.versions.named(name);
  const view = renderRedeployForm(answer, {
    place,
    command: services.commands.pipeline,
    timeZone: actor.timeZone ?? 'UTC',
  });
  if (answer.kind !== 'found' || !view.submit) return { view, outcome: 'user-error' };
  return { view, pipeline: `${answer.pipeline.connection}/${answer.pipeline.key}` };
}

async function planFor(
  asked: Asked<undefined>,
  { name, version, command }: { name: string; version: string; command: string },
): Promise<Shown> {
  const { actor, services } = asked;
  const answer = await services.pipelines.find({ actor, name });
  const [only, another] = answer.pipelines;
  if (!only || another)
    return {
      view: saying(redeployTitle, [renderStatus(answer, { command, timeZone: 'UTC', shared: false }).text]),
      outcome: 'user-error',
    };
  const { connection, key } = only.pipeline;
  return showPlan(asked, redeployTitle, {
    kind: 'redeploy',
    aim: { kind: 'version', pipeline: { connection, key }, version },
  });
}
