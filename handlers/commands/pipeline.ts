import type { StatusAnswer } from '../../src/domain/pipeline-status';
import { parseTyped } from '../../src/slack/commands';
import { renderHelp, renderUnknown } from '../../src/slack/help';
import { renderStatus } from '../../src/slack/status';
import { type CommandAnswer, type CommandCall, onCommand } from '../listen';

/** `/pipeline`: how pipelines are. What changes something is pressed, where one sees what it acts on. */
export const pipelineCommand = onCommand('pipeline', async ({ call, actor, services }): Promise<CommandAnswer> => {
  const { command } = call;
  const typed = parseTyped(call.text);
  if (typed.name === 'empty' || typed.name === 'help') return { message: renderHelp(command), what: 'pipeline help' };
  if (typed.name === 'unknown') {
    return { message: renderUnknown(command, typed), what: 'pipeline', outcome: 'user-error' };
  }
  const { rest, share } = typed;
  const answer =
    rest === ''
      ? await services.pipelines.status({ actor, ...placeOf(call) })
      : await services.pipelines.find({ actor, name: rest });
  const found = answer.pipelines.length > 0;
  return {
    message: renderStatus(answer, { command, timeZone: actor.timeZone ?? 'UTC', shared: share && found }),
    share: share && found,
    what: 'pipeline status',
    ...pipelineOf(answer),
    outcome: rest !== '' && !found ? 'user-error' : 'ok',
  };
});

function placeOf({ channel_id, channel_name }: CommandCall) {
  const isDirect = channel_id.startsWith('D') || channel_name === 'directmessage';
  return { channelId: channel_id, channelName: channel_name, isDirect };
}

function pipelineOf({ scope, pipelines }: StatusAnswer): { pipeline?: string } {
  const [only, another] = pipelines;
  if (scope !== 'named' || !only || another) return {};
  return { pipeline: `${only.pipeline.connection}/${only.pipeline.key}` };
}
