import { missingOf } from '../../src/domain/ability';
import { limits } from '../../src/slack/limits';
import { sizeOf, textsOf } from '../../src/slack/message';
import { renderStatus } from '../../src/slack/status';
import { checkBlocks } from '../../src/workspace/blocks/check';
import { only } from '../support/abilities';
import { failing, later, pipelineStatus, statusAnswer } from './views';

const asker = { command: '/pipeline', timeZone: 'Europe/Berlin' };
const all = (blocks: Parameters<typeof textsOf>[0]) => textsOf(blocks).join('\n');

const unknown = pipelineStatus('new_one', {
  state: 'unknown',
  lastRuns: [],
  owner: undefined,
  team: undefined,
  succeeded: undefined,
  usuallyTakesMs: undefined,
  pipeline: { connection: 'prod', key: 'new_one', facts: {} },
});
const named = { scope: 'named', asked: 'orders_daily' } as const;
const answers = {
  'a list': statusAnswer([failing('orders_daily'), pipelineStatus('refunds'), unknown], { more: 192 }),
  'a list of mine': statusAnswer([pipelineStatus('refunds')], { scope: 'mine' }),
  'several of one name': statusAnswer([failing('orders_daily'), pipelineStatus('orders_daily')], named),
  'one pipeline that fails': statusAnswer([failing('orders_daily')], named),
  'one pipeline that nobody knows much of': statusAnswer([unknown], { ...named, asked: 'new_one' }),
  'nothing here and nothing of mine': statusAnswer([], { scope: 'mine' }),
  'no such name': statusAnswer([], { ...named, asked: 'order_daily', didYouMean: ['orders_daily', 'orders_hourly'] }),
  'no such name and none like it': statusAnswer([], { ...named, asked: '<!channel>' }),
};

describe.each(Object.entries(answers))('the status of %s', (_title, answer) => {
  const message = renderStatus(answer, asker);
  it('is taken by Slack', () => expect(checkBlocks(message.blocks, 'message')).toEqual([]));
  it('looks like this', () => expect(all(message.blocks)).toMatchSnapshot());
  it('is a full account with the sound off', () => {
    expect(message.text).not.toMatch(/<|`|undefined|NaN/);
    expect(message.text).toMatchSnapshot();
  });
  it('shows no state by a sign alone', () => {
    expect(`${message.text}\n${all(message.blocks)}`).not.toMatch(/[🔴🟠🟡👀🔕🟢⚪🔵⏳❔](?! [A-Z])/u);
  });
});

describe('a long list', () => {
  const many = Array.from({ length: 400 }, (_each, index) => failing(`pipeline_with_quite_a_long_name_${index}`));
  const message = renderStatus(statusAnswer(many, { more: 100 }), asker);

  it('stays within what Slack takes', () => {
    expect(message.blocks.length).toBeLessThanOrEqual(limits.message.blocks);
    expect(sizeOf(message.blocks)).toBeLessThanOrEqual(limits.message.blocksTotal);
    expect(message.text.length).toBeLessThanOrEqual(limits.message.textAdvised);
    expect(checkBlocks(message.blocks, 'message')).toEqual([]);
  });

  it('counts those that it leaves out, and says how to see them', () => {
    const shown = all(message.blocks).match(/\*pipeline_with/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(30);
    expect(all(message.blocks)).toContain(`and ${500 - shown} more: \`/pipeline status name\` shows any of them.`);
  });
});

describe('the card of one pipeline', () => {
  it('says owner, success and usual duration with their n', () => {
    const shown = all(renderStatus(statusAnswer([pipelineStatus('orders_daily')], named), asker).blocks);
    expect(shown).toContain('28 of the last 30 runs');
    expect(shown).toContain('12 min (median of 28 runs)');
    expect(shown).toContain('*Owner*\norders');
  });

  it('opens this run, in words for a screen reader too', () => {
    const { blocks } = renderStatus(statusAnswer([pipelineStatus('orders_daily')], named), asker);
    const row = blocks.find(({ type }) => type === 'actions');
    expect(row).toMatchObject({
      elements: [
        {
          action_id: 'open-link.v1',
          url: 'https://maestro.example/workflows/orders_daily/runs/run-7',
          accessibility_label: 'Open: orders_daily',
        },
      ],
    });
  });

  it('says what cannot be done with it and why, one line a reason, aloud too', () => {
    const missing = missingOf({ ...only('openLog'), backfill: 'dbt Cloud knows no days. Start the job there.' });
    const { blocks, text } = renderStatus(statusAnswer([pipelineStatus('orders_daily', { missing })], named), asker);
    expect(all(blocks)).toContain(
      '*Cannot*\n• *Retry, Stop, Redeploy*: It has no such thing. Do it there.\n• *Backfill*: dbt Cloud knows no days. Start the job there.',
    );
    expect(text).toContain('Cannot: Backfill: dbt Cloud knows no days. Start the job there.');
    expect(checkBlocks(blocks, 'message')).toEqual([]);
  });

  it('leads to the alert while there is one', () => {
    const shown = all(renderStatus(statusAnswer([failing('orders_daily')], named), asker).blocks);
    expect(shown).toContain('<https://acme.slack.example/archives/CALERTS/p1700000000000100|Open the alert>');
  });

  it('calls nobody when it is shown to the channel', () => {
    const mine = statusAnswer([pipelineStatus('orders_daily', { owner: 'UDANA', team: undefined })], named);
    const said = (shared: boolean) => {
      const message = renderStatus(mine, { ...asker, shared });
      return `${message.text}${all(message.blocks)}`;
    };
    expect(said(false)).toContain('<@UDANA>');
    expect(said(true)).not.toContain('<@');
  });

  it('holds ten runs with the longest of addresses', () => {
    const runs = Array.from({ length: 10 }, (_each, index) => ({
      run: `run-${index}`,
      attempt: 1,
      status: 'failed' as const,
      startedAt: later(index),
      endedAt: later(index + 1),
      partition: 'p'.repeat(500),
      url: `https://maestro.example/${'x'.repeat(2_500)}`,
    }));
    const message = renderStatus(statusAnswer([pipelineStatus('orders_daily', { lastRuns: runs })], named), asker);
    expect(checkBlocks(message.blocks, 'message')).toEqual([]);
  });
});
