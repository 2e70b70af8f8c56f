import { sayFeedbackAnswer } from '../../src/slack/feedback';
import { renderInbox } from '../../src/slack/feedback-inbox';
import { renderForgetMe } from '../../src/slack/forget-me';
import { renderNearly, renderSupportHelp } from '../../src/slack/help';
import { renderPinned } from '../../src/slack/pinned';
import { renderPulseResults } from '../../src/slack/pulse';
import { privately, refusals } from '../../src/slack/refusals';
import { type ListKind, renderRequests } from '../../src/slack/request-list';
import { parseSupport } from '../../src/slack/support-command';
import { askTyped } from '../ask';
import { givenTyped } from '../feedback';
import { type CommandPlan, onCommand } from '../listen';

const shown = 20;

type Answer = Extract<CommandPlan, { answer: unknown }>['answer'];

/** `/support`: a question, or how the questions are. */
export const supportCommand = onCommand('support', (call): CommandPlan => {
  const typed = parseSupport(call.text);
  switch (typed.name) {
    case 'help':
      return { answer: async () => ({ message: renderSupportHelp(call.command), what: 'support help' }) };
    case 'unclear':
      return {
        answer: async () => ({ message: renderNearly(call.command, typed), what: 'support', outcome: 'user-error' }),
      };
    case 'forget-me':
      return { answer: async ({ actor }) => ({ message: renderForgetMe(actor.slackId), what: 'support forget-me' }) };
    case 'feedback':
      return givenTyped(typed.words, 'support feedback');
    case 'inbox':
      return inbox(typed.page, call.command);
    case 'pulse':
      return { answer: pulse(call.command) };
    case 'ask':
      return {
        open: {
          ...askTyped(call, typed.question ? { question: typed.question } : {}),
          what: 'support ask',
          needs: 'look',
        },
      };
    case 'pinned':
      return { answer: pinnedAnswers(call.command) };
    case 'mine':
    case 'queue':
    case 'overdue':
      return listing(typed.name, call.command);
  }
});

const inboxPage = 15;

function inbox(page: number, command: string): CommandPlan {
  return {
    async answer({ actor, services }) {
      const what = 'support inbox';
      if (!services.requests.isTeam(actor))
        return { message: privately(sayFeedbackAnswer({ kind: 'not-team' })), what, outcome: 'not-allowed' };
      const found = await services.feedback.waiting({ page, limit: inboxPage });
      const context = { timeZone: actor.timeZone ?? 'UTC', command, page, limit: inboxPage };
      return { message: renderInbox(found, context), what };
    },
  };
}

function pulse(command: string): Answer {
  return async ({ actor, services }) => {
    const what = 'support pulse';
    if (!services.requests.isTeam(actor))
      return { message: privately(refusals.teamOnly(command)), what, outcome: 'not-allowed' };
    return { message: renderPulseResults(await services.pulse.results(), actor.timeZone ?? 'UTC'), what };
  };
}

function pinnedAnswers(command: string): Answer {
  return async ({ actor, services }) => {
    const what = 'support pinned';
    if (!services.requests.isTeam(actor))
      return { message: privately(refusals.teamOnly(command)), what, outcome: 'not-allowed' };
    const timeZone = actor.timeZone ?? 'UTC';
    return { message: renderPinned(await services.requests.pinned(shown), { timeZone }), what };
  };
}

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
