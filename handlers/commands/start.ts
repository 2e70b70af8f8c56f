import { saying } from '../../src/slack/form';
import { code } from '../../src/slack/mrkdwn';
import { readParameters } from '../../src/slack/parameters';
import { renderStatus } from '../../src/slack/status';
import type { CommandCall } from '../calls';
import type { CommandPlan } from '../listen';
import { showPlan } from '../plan';

const title = 'Start';

/** `/pipeline start orders_daily full=true`: the plan for a new run of one pipeline, with these parameters. */
export function startOf(
  { rest }: { rest: string },
  { command }: Pick<CommandCall, 'command'>,
): Extract<CommandPlan, { open: unknown }>['open'] {
  return {
    title,
    what: 'pipeline start',
    needs: 'start',
    show: async (asked) => {
      const say = (text: string) => ({ view: saying(title, [text]), outcome: 'user-error' as const });
      const { name, given } = split(rest);
      if (name === '') return say(`Which pipeline? ${code(`${command} start orders_daily full=true`)}`);
      const read = readParameters(given);
      if ('why' in read) return say(`${read.why} ${code(`${command} start orders_daily full=true`)}`);
      const answer = await asked.services.pipelines.find({ actor: asked.actor, name });
      const [only, another] = answer.pipelines;
      if (!only || another) return say(renderStatus(answer, { command, timeZone: 'UTC', shared: false }).text);
      const { connection, key } = only.pipeline;
      const parameters = Object.keys(read.values).length > 0 ? { parameters: read.values } : {};
      const target = { kind: 'pipeline', pipeline: { connection, key }, ...parameters } as const;
      return showPlan(asked, title, { kind: 'start', aim: { kind: 'targets', targets: [{ target }] } });
    },
  };
}

/** The name, and from the first `name=value` on what is given with it, one a line; a value in quotes may hold spaces. */
function split(rest: string): { name: string; given: string } {
  const [name = '', ...words] = rest.match(/[^\s=]+="[^"]*"|[^\s=]+='[^']*'|\S+/g) ?? [];
  return { name, given: words.join('\n') };
}
