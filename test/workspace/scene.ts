import type { App } from '@slack/bolt';
import { town } from './town';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text });
const startedAt = 1795510500;

/** An alert in two states, as an operations app would post it. */
export const alertBlocks = (state: 'failed' | 'retrying' | 'recovered', by = '') => [
  {
    type: 'header' as const,
    text: plain(
      state === 'failed'
        ? '🔴 Failed: orders_daily / load_warehouse'
        : state === 'retrying'
          ? '🟡 Retrying: orders_daily / load_warehouse'
          : '🟢 Recovered: orders_daily',
    ),
  },
  {
    type: 'section' as const,
    text: mrkdwn('`orders.amount` came as text in 3 of 12 files: `invalid input syntax for type numeric: "12,50"`'),
  },
  {
    type: 'section' as const,
    fields: [
      mrkdwn(`*Since*\n<!date^${startedAt}^{date_short_pretty} {time}|24 Nov 2026 08:55 UTC>`),
      mrkdwn('*Owner*\n<@UDANA>, <!subteam^SORDERS>'),
      mrkdwn('*Attempt*\n2 of 3'),
      mrkdwn('*Waiting downstream*\n`revenue_report` and 4 more'),
    ],
  },
  ...(state === 'failed'
    ? [
        {
          type: 'actions' as const,
          block_id: 'do',
          elements: [
            {
              type: 'button' as const,
              action_id: 'retry',
              text: plain('Retry'),
              style: 'primary' as const,
              value: 'run-7',
            },
            { type: 'button' as const, action_id: 'ack', text: plain('Acknowledge'), value: 'run-7' },
            {
              type: 'button' as const,
              action_id: 'cancel',
              text: plain('Cancel run'),
              style: 'danger' as const,
              value: 'run-7',
              confirm: {
                title: plain('Cancel run 7 of orders_daily?'),
                text: mrkdwn('Five pipelines wait for it. They stay as they are until the next run.'),
                confirm: plain('Cancel run'),
                deny: plain('Keep running'),
                style: 'danger' as const,
              },
            },
            {
              type: 'overflow' as const,
              action_id: 'more',
              options: [
                { text: plain('Mute for 1 hour'), value: 'mute-1h' },
                { text: plain('Assign to me'), value: 'assign' },
              ],
            },
          ],
        },
      ]
    : []),
  {
    type: 'context' as const,
    elements: [
      mrkdwn(
        state === 'failed'
          ? 'Retry mended this 14 of 15 times · <https://runs.example/7|Run 7> · <https://runs.example/book|Runbook>'
          : `Asked by ${by || '<@UPRIYA>'} · <https://runs.example/7|Run 7>`,
      ),
    ],
  },
];

const form = (loading: boolean) => ({
  type: 'modal' as const,
  callback_id: 'backfill',
  title: plain('Backfill orders_daily'),
  ...(loading ? {} : { submit: plain('Plan it') }),
  close: plain('Cancel'),
  blocks: loading
    ? [{ type: 'section' as const, text: mrkdwn(':hourglass_flowing_sand: Looking up the runs…') }]
    : [
        { type: 'section' as const, text: mrkdwn('Runs that were *good* are left alone.') },
        {
          type: 'input' as const,
          block_id: 'from',
          label: plain('From'),
          element: { type: 'datepicker' as const, action_id: 'day', initial_date: '2026-11-20' },
        },
        {
          type: 'input' as const,
          block_id: 'why',
          label: plain('Why'),
          hint: plain('It stands in the audit trail.'),
          element: { type: 'plain_text_input' as const, action_id: 'text', multiline: true },
        },
        {
          type: 'input' as const,
          block_id: 'how',
          label: plain('How many at once'),
          element: {
            type: 'static_select' as const,
            action_id: 'pace',
            initial_option: { text: plain('One first, then three'), value: '3' },
            options: [
              { text: plain('One by one'), value: '1' },
              { text: plain('One first, then three'), value: '3' },
            ],
          },
        },
        {
          type: 'input' as const,
          block_id: 'tell',
          optional: true,
          label: plain('Tell'),
          element: {
            type: 'checkboxes' as const,
            action_id: 'who',
            options: [
              { text: mrkdwn('*#data-alerts* when it is done'), value: 'channel' },
              { text: mrkdwn('me, for each run'), value: 'me' },
            ],
          },
        },
      ],
});

/** What the small app of the page tests does. */
export function sceneApp(app: App): void {
  app.command('/pipeline', async ({ command, ack, client }) => {
    if (command.text === 'silence') return;
    if (command.text === 'backfill') {
      await ack();
      const opened = await client.views.open({ trigger_id: command.trigger_id, view: form(true) });
      await client.views.update({ view_id: String(opened.view?.id), view: form(false) });
      return;
    }
    await ack({
      text: 'orders_daily: failed at 09:55, owner Dana',
      blocks: [
        {
          type: 'section',
          text: mrkdwn('*orders_daily* — 🔴 Failed\nLast good run <!date^1795424400^{ago}|yesterday>'),
        },
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'share', text: plain('Share with the channel') }],
        },
      ],
    });
  });
  app.action('retry', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.channel || !body.message) return;
    const { id: channel } = body.channel;
    await client.chat.update({
      channel,
      ts: body.message.ts,
      text: '🟡 Retrying orders_daily',
      blocks: alertBlocks('retrying', `<@${body.user.id}>`),
    });
    await client.chat.postMessage({
      channel,
      thread_ts: body.message.ts,
      text: `<@${body.user.id}> asked for a retry.`,
    });
  });
  app.action('share', async ({ ack, respond }) => {
    await ack();
    await respond({ text: 'Shared.', replace_original: true });
  });
  app.action('more', async ({ ack, action, respond }) => {
    await ack();
    const chosen = action.type === 'overflow' ? action.selected_option.value : '';
    await respond({ text: `Done: ${chosen}`, response_type: 'ephemeral', replace_original: false });
  });
  app.action(/.*/, async ({ ack }) => ack());
  app.view('backfill', async ({ ack, view }) => {
    const why = view.state.values.why?.text?.value ?? '';
    if (why.length < 10) await ack({ response_action: 'errors', errors: { why: 'Please say a little more.' } });
    else await ack();
  });
  app.event('app_home_opened', async ({ event, client }) => {
    if (event.tab !== 'home') return;
    await client.views.publish({
      user_id: event.user,
      view: {
        type: 'home',
        blocks: [
          { type: 'header', text: plain('What needs you now') },
          {
            type: 'section',
            text: mrkdwn('🔴 *orders_daily* failed <!date^1795510500^{ago}|today>'),
            accessory: {
              type: 'button',
              action_id: 'open',
              text: plain('Open'),
              accessibility_label: 'Open orders_daily',
            },
          },
          { type: 'divider' },
          { type: 'context', elements: [mrkdwn('As of <!date^1795510800^{time}|09:00 UTC>')] },
        ],
      },
    });
  });
}

export const sceneTown = () =>
  town({
    team: { id: 'T1', domain: 'acme', name: 'Acme Data' },
    app: {
      commandHints: {
        '/pipeline': { description: 'Look up, retry and backfill pipelines', usage: 'status orders_daily' },
      },
      shortcuts: [{ callbackId: 'ticket', name: 'Open a request', type: 'message' }],
    },
  });
