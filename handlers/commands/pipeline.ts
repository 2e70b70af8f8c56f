import type { StatusAnswer } from '../../src/domain/pipeline-status';
import { renderActions, renderBulkState } from '../../src/slack/action-list';
import { renderAudit } from '../../src/slack/audit';
import { renderAutoRetries } from '../../src/slack/auto-retry';
import type { Needs } from '../../src/slack/buttons';
import { parseTyped, type Typed } from '../../src/slack/commands';
import { renderMetrics } from '../../src/slack/digest/metrics';
import { renderHelp, renderUnknown } from '../../src/slack/help';
import { renderImpact } from '../../src/slack/impact';
import { renderMaintenanceList } from '../../src/slack/maintenance';
import { renderParked, renderParkedRefusal } from '../../src/slack/parked';
import { renderStatus } from '../../src/slack/status';
import { renderSubscriptions } from '../../src/slack/subscriptions';
import { askTyped } from '../ask';
import { openTyped } from '../backfill';
import type { CommandCall } from '../calls';
import { digestOf } from '../digest';
import { givenTyped } from '../feedback';
import { type CommandAnswer, type CommandPlan, onCommand } from '../listen';
import { pausingOf } from './pausing';
import { redeployOf } from './redeploy';
import { retryOf } from './retry';
import { startOf } from './start';

/** `/pipeline`: how pipelines are, who hears of them, and what is being changed. What changes a pipeline shows its plan first. */
export const pipelineCommand = onCommand('pipeline', (call): CommandPlan => {
  const { command } = call;
  const typed = parseTyped(call.text);
  switch (typed.name) {
    case 'empty':
    case 'help':
      return { answer: async () => ({ message: renderHelp(command), what: 'pipeline help' }) };
    case 'status':
      return { answer: (asker) => status(typed, call, asker) };
    case 'impact':
      return { answer: (asker) => impact(typed, call, asker) };
    case 'backfill':
      return { open: { ...openTyped(typed.rest), what: 'pipeline backfill', needs: 'backfill' } };
    case 'ask':
      return { open: { ...askTyped(call, { pipeline: typed.rest }), what: 'pipeline ask', needs: 'look' } };
    case 'subscriptions':
      return { answer: (asker) => subscriptions(typed, call, asker) };
    case 'auto':
      return { answer: autoRetries };
    case 'audit':
      return { answer: (asker) => audit(typed, call, asker) };
    case 'parked':
      return { answer: (asker) => parked(typed, call, asker) };
    case 'maintenance':
      return typed.rest === '' ? { answer: (asker) => maintenance(call, asker) } : stored(typed, 'acknowledge');
    case 'metrics':
      return { answer: (asker) => metrics(typed, call, asker) };
    case 'digest':
      return { open: digestOf(typed) };
    case 'actions':
      return { answer: (asker) => actions(call, asker) };
    case 'retry':
      return { open: retryOf(typed, call) };
    case 'start':
      return { open: startOf(typed, call) };
    case 'redeploy':
      return { open: redeployOf(typed, call) };
    case 'pause':
    case 'resume':
      return { open: pausingOf(typed.name, typed.rest, call) };
    case 'bulk':
      return typed.rest === '' ? { answer: (asker) => bulk(call, asker) } : stored(typed, 'acknowledge');
    case 'feedback':
      return givenTyped(typed.rest, 'pipeline feedback');
    case 'subscribe':
    case 'unsubscribe':
    case 'mute':
    case 'unmute':
      return stored(typed, 'acknowledge');
    // To be told of the end of a trouble is to look.
    case 'follow':
    case 'unfollow':
      return stored(typed, 'look');
    case 'unknown':
      return {
        answer: async () => ({ message: renderUnknown(command, typed), what: 'pipeline', outcome: 'user-error' }),
      };
  }
});

type Asker = Parameters<Extract<CommandPlan, { answer: unknown }>['answer']>[0];
type Known = Extract<Typed, { rest: string; share: boolean }>;

function stored({ name, rest }: Known, needs: Needs): CommandPlan {
  return { store: { name: `command:${name}`, value: { text: rest }, needs, what: `pipeline ${name}` } };
}

async function actions(call: CommandCall, { actor, services }: Asker): Promise<CommandAnswer> {
  const list = await services.changes.underWay({ channelId: call.channel_id, slackId: actor.slackId });
  return { message: renderActions(list, contextOf(call, actor)), what: 'pipeline actions' };
}

async function bulk(call: CommandCall, { actor, services }: Asker): Promise<CommandAnswer> {
  const state = await services.changes.bulk({ actor });
  return { message: renderBulkState(state, contextOf(call, actor)), what: 'pipeline bulk' };
}

const contextOf = ({ command }: CommandCall, { timeZone }: Asker['actor']) => ({
  command,
  timeZone: timeZone ?? 'UTC',
});

const pageOf = (typed: string): number => (/^\d{1,4}$/.test(typed) ? Number(typed) : 1);

async function subscriptions({ rest }: Known, call: CommandCall, { actor, services }: Asker): Promise<CommandAnswer> {
  const list = await services.subscriptions.list({ channelId: call.channel_id, slackId: actor.slackId });
  const message = renderSubscriptions(list, contextOf(call, actor), pageOf(rest));
  return { message, what: 'pipeline subscriptions' };
}

async function maintenance(call: CommandCall, { actor, services }: Asker): Promise<CommandAnswer> {
  const planned = await services.maintenance.list();
  const message = renderMaintenanceList(planned, { command: call.command, timeZone: actor.timeZone ?? 'UTC' });
  return { message, what: 'pipeline maintenance' };
}

async function impact({ rest, share }: Known, call: CommandCall, { actor, services }: Asker): Promise<CommandAnswer> {
  const answer = await services.pipelines.impact({ name: rest });
  const found = answer.kind === 'impact';
  const picture = found ? await services.pictures.downstream(answer) : undefined;
  return {
    message: renderImpact(answer, { command: call.command, timeZone: actor.timeZone ?? 'UTC', picture }),
    share: share && found,
    what: 'pipeline impact',
    ...(found ? { pipeline: `${answer.pipeline.connection}/${answer.pipeline.key}` } : {}),
    outcome: found ? 'ok' : 'user-error',
  };
}

async function autoRetries({ actor, services }: Asker): Promise<CommandAnswer> {
  const { list, names } = await services.autoRetries.list();
  const message = renderAutoRetries(list, { timeZone: actor.timeZone ?? 'UTC', nameOf: (id) => names.get(id) });
  return { message, what: 'pipeline auto' };
}

async function audit({ rest }: Known, call: CommandCall, { actor, services }: Asker): Promise<CommandAnswer> {
  const timeZone = actor.timeZone ?? 'UTC';
  const answer = await services.audit.ask({ actor, text: rest, timeZone });
  return {
    message: renderAudit(answer, { command: call.command, timeZone }),
    what: 'pipeline audit',
    outcome: answer.kind === 'denied' ? 'not-allowed' : answer.kind === 'unknown' ? 'user-error' : 'ok',
  };
}

async function metrics(
  { rest, share }: Known,
  { command }: CommandCall,
  { actor, services }: Asker,
): Promise<CommandAnswer> {
  const answer = await services.metrics.ask({ slackId: actor.slackId, text: rest });
  return {
    message: renderMetrics(answer, { command }),
    share: share && answer.kind === 'weeks',
    what: 'pipeline metrics',
    outcome: answer.kind === 'unknown-team' ? 'user-error' : 'ok',
  };
}

async function parked({ rest }: Known, call: CommandCall, { actor, services }: Asker): Promise<CommandAnswer> {
  const what = 'pipeline parked';
  const list = await services.parked.list({ actor, page: pageOf(rest) });
  if ('whoMay' in list) return { message: renderParkedRefusal(list.whoMay), what, outcome: 'not-allowed' };
  return { message: renderParked(list, { command: call.command, timeZone: actor.timeZone ?? 'UTC' }), what };
}

async function status({ rest, share }: Known, call: CommandCall, { actor, services }: Asker): Promise<CommandAnswer> {
  const answer =
    rest === ''
      ? await services.pipelines.status({ actor, ...placeOf(call) })
      : await services.pipelines.find({ actor, name: rest });
  const found = answer.pipelines.length > 0;
  return {
    message: renderStatus(answer, {
      command: call.command,
      timeZone: actor.timeZone ?? 'UTC',
      shared: share && found,
    }),
    share: share && found,
    what: 'pipeline status',
    ...pipelineOf(answer),
    outcome: rest !== '' && !found ? 'user-error' : 'ok',
  };
}

function placeOf({ channel_id, channel_name }: CommandCall) {
  const isDirect = channel_id.startsWith('D') || channel_name === 'directmessage';
  return { channelId: channel_id, channelName: channel_name, isDirect };
}

function pipelineOf({ scope, pipelines }: StatusAnswer): { pipeline?: string } {
  const [only, another] = pipelines;
  if (scope !== 'named' || !only || another) return {};
  return { pipeline: `${only.pipeline.connection}/${only.pipeline.key}` };
}
