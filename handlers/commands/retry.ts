import type { StatusAnswer } from '../../src/domain/pipeline-status';
import { saying } from '../../src/slack/form';
import { code } from '../../src/slack/mrkdwn';
import { renderStatus } from '../../src/slack/status';
import type { CommandCall } from '../calls';
import type { Asked, Shown } from '../dialog';
import type { CommandPlan } from '../listen';
import { showPlan } from '../plan';

const title = 'Retry';

/** `/pipeline retry orders_daily`: the plan for the newest failed run of one pipeline. */
export function retryOf(
  { rest }: { rest: string },
  { command }: Pick<CommandCall, 'command'>,
): Extract<CommandPlan, { open: unknown }>['open'] {
  return { title, what: 'pipeline retry', needs: 'acknowledge', show: (asked) => show(asked, rest, command) };
}

async function show(asked: Asked<undefined>, name: string, command: string): Promise<Shown> {
  const { actor, services } = asked;
  if (name === '')
    return { view: saying(title, [`Which pipeline? ${code(`${command} retry orders_daily`)}`]), outcome: 'user-error' };
  const answer = await services.pipelines.find({ actor, name });
  const [only, another] = answer.pipelines;
  if (!only || another) return { view: saying(title, [unclear(answer, command)]), outcome: 'user-error' };
  const failed = only.lastRuns.find(({ status }) => status === 'failed');
  if (!failed)
    return {
      view: saying(title, [
        `None of its last runs has failed, so there is nothing to retry. ${renderStatus(answer, { command, timeZone: actor.timeZone ?? 'UTC', shared: false }).text}`,
      ]),
      outcome: 'user-error',
    };
  const { connection, key } = only.pipeline;
  const run = { pipeline: { connection, key }, run: failed.run, attempt: failed.attempt };
  return showPlan(asked, title, {
    kind: 'retry',
    aim: {
      kind: 'targets',
      targets: [{ target: { kind: 'run', run }, incidentId: only.openIncident?.incidentId }],
    },
  });
}

function unclear(answer: StatusAnswer, command: string): string {
  return renderStatus(answer, { command, timeZone: 'UTC', shared: false }).text;
}
