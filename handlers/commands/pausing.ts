import { saying } from '../../src/slack/form';
import { code } from '../../src/slack/mrkdwn';
import { renderStatus } from '../../src/slack/status';
import type { CommandCall } from '../calls';
import type { CommandPlan } from '../listen';
import { showPlan } from '../plan';

const titles = { pause: 'Pause', resume: 'Resume' } as const;

/** `/pipeline pause orders_daily`: the plan to hold what starts a pipeline by itself; `resume` undoes it. */
export function pausingOf(
  kind: keyof typeof titles,
  rest: string,
  { command }: Pick<CommandCall, 'command'>,
): Extract<CommandPlan, { open: unknown }>['open'] {
  const title = titles[kind];
  return {
    title,
    what: `pipeline ${kind}`,
    needs: kind,
    show: async (asked) => {
      const say = (text: string) => ({ view: saying(title, [text]), outcome: 'user-error' as const });
      if (rest === '') return say(`Which pipeline? ${code(`${command} ${kind} orders_daily`)}`);
      const answer = await asked.services.pipelines.find({ actor: asked.actor, name: rest });
      const [only, another] = answer.pipelines;
      if (!only || another) return say(renderStatus(answer, { command, timeZone: 'UTC', shared: false }).text);
      const { connection, key } = only.pipeline;
      const target = { kind: 'pipeline', pipeline: { connection, key } } as const;
      return showPlan(asked, title, { kind, aim: { kind: 'targets', targets: [{ target }] } });
    },
  };
}
