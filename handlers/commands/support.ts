import { renderForgetMe } from '../../src/slack/forget-me';
import { renderSupportHelp } from '../../src/slack/help';
import { privately, refusals } from '../../src/slack/refusals';
import { type ListKind, renderRequests } from '../../src/slack/request-list';
import { parseSupport } from '../../src/slack/support-command';
import { askTyped } from '../ask';
import { type CommandPlan, onCommand } from '../listen';

const shown = 20;

/** `/support`: a question, or how the questions are. */
export const supportCommand = onCommand('support', (call): CommandPlan => {
  const typed = parseSupport(call.text);
  switch (typed.name) {
    case 'help':
      return { answer: async () => ({ message: renderSupportHelp(call.command), what: 'support help' }) };
    case 'forget-me':
      return { answer: async ({ actor }) => ({ message: renderForgetMe(actor.slackId), what: 'support forget-me' }) };
    case 'ask':
      return {
        open: {
          ...askTyped(call, typed.question ? { question: typed.question } : {}),
          what: 'support ask',
          needs: 'look',
        },
      };
    case 'mine':
    case 'queue':
    case 'overdue':
      return listing(typed.name, call.command);
  }
});

function listing(kind: ListKind, command: string): CommandPlan {
  return {
    async answer({ actor, services }) {
      const { requests, clock } = services;
      const what = `support ${kind}`;
      const list =
        kind === 'mine'
          ? await requests.mine({ actor, limit: shown })
          : await requests.queue({ actor, limit: shown, ...(kind === 'overdue' ? { isLate: true } : {}) });
      if (kind !== 'mine' && !requests.isTeam(actor) && list.total === 0)
        return { message: privately(refusals.teamOnly(command)), what, outcome: 'not-allowed' };
      const context = { timeZone: actor.timeZone ?? 'UTC', command, now: clock.now() };
      return { message: renderRequests(kind, list, context), what };
    },
  };
}
