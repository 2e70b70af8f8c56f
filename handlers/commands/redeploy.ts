import { saying } from '../../src/slack/form';
import { code } from '../../src/slack/mrkdwn';
import { renderStatus } from '../../src/slack/status';
import type { CommandCall } from '../calls';
import type { Asked, Shown } from '../dialog';
import type { CommandPlan } from '../listen';
import { showPlan } from '../plan';

const title = 'Redeploy';

/** `/pipeline redeploy orders_daily 11`: the plan to put a version in force; without one, the version before. */
export function redeployOf(
  { rest }: { rest: string },
  { command }: Pick<CommandCall, 'command'>,
): Extract<CommandPlan, { open: unknown }>['open'] {
  return { title, what: 'pipeline redeploy', needs: 'acknowledge', show: (asked) => show(asked, rest, command) };
}

async function show(asked: Asked<undefined>, rest: string, command: string): Promise<Shown> {
  const { actor, services } = asked;
  const [, name = rest, version] = /^(.*\S)\s+v?(\d[\w.-]*)$/i.exec(rest) ?? [];
  if (name === '')
    return {
      view: saying(title, [`Which pipeline? ${code(`${command} redeploy orders_daily 11`)}`]),
      outcome: 'user-error',
    };
  const answer = await services.pipelines.find({ actor, name });
  const [only, another] = answer.pipelines;
  if (!only || another)
    return {
      view: saying(title, [renderStatus(answer, { command, timeZone: 'UTC', shared: false }).text]),
      outcome: 'user-error',
    };
  const { connection, key } = only.pipeline;
  const pipeline = { connection, key };
  return showPlan(asked, title, {
    kind: 'redeploy',
    aim: version === undefined ? { kind: 'previous-version', pipeline } : { kind: 'version', pipeline, version },
  });
}
