import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { onlyWhere } from '../support/only-where';
import { quickFolder } from '../support/quick-folder';
import { alertBlocks, sceneApp, sceneTown } from './scene';
import { type Running, runApp } from './town';

const browserPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

onlyWhere(existsSync(browserPath), `${browserPath} is not there; set CHROMIUM_PATH`).describe(
  'the page in Chromium',
  () => {
    const profile = mkdtempSync(join(quickFolder(), 'workspace-page-'));
    let running: Running;
    let context: BrowserContext;
    let page: Page;
    const complaints: string[] = [];

    beforeAll(async () => {
      context = await chromium.launchPersistentContext(profile, {
        executablePath: browserPath,
        args: flags,
        viewport: { width: 1280, height: 800 },
      });
    });

    beforeEach(async () => {
      running = await runApp('socket', sceneApp, { ...sceneTown(), ackDeadlineMs: 400 });
      page = await context.newPage();
      await page.addInitScript('localStorage.clear()');
      page.setDefaultTimeout(8000);
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
    });

    afterEach(async () => {
      await page.close();
      await running.stop();
      expect(complaints.splice(0)).toEqual([]);
    });

    afterAll(async () => {
      await context?.close();
      rmSync(profile, { recursive: true, force: true });
    });

    const open = async (where = '#/CALERTS') => {
      await page.goto(`${running.url}/${where}`);
      await page.locator('.topbar-row').waitFor();
    };
    const messages = () => page.locator('#conversation .message');
    const alert = () =>
      running.app.client.chat.postMessage({
        channel: 'CALERTS',
        text: '🔴 orders_daily failed',
        blocks: alertBlocks('failed'),
      });
    const type = async (text: string) => {
      await page.locator('#composer').fill(text);
      await page.locator('#composer').press('Enter');
    };

    it('shows an alert with names instead of ids, and its time in the zone of the person who looks', async () => {
      await alert();
      await open();
      const message = messages().last();
      await message.locator('h3').waitFor();
      expect(await message.locator('h3').textContent()).toContain('Failed: orders_daily / load_warehouse');
      const fields = await message.locator('.fields').textContent();
      expect(fields).toContain('@Dana Diaz, @orders-team');
      expect(fields).toContain('09:55');
      await page.locator('#actor').selectOption({ label: 'Priya Patel' });
      await message.getByText('03:55').waitFor();
    });

    it('changes a message in place when its button is pressed, and tells the story in the thread', async () => {
      await alert();
      await open();
      await messages().last().getByRole('button', { name: 'Retry' }).click();
      await page.getByRole('heading', { name: 'Retrying: orders_daily' }).waitFor();
      await page.getByText('(edited)').waitFor();
      expect(await messages().getByRole('button', { name: 'Retry' }).count()).toBe(0);
      await page.getByRole('button', { name: /1 reply/ }).click();
      await page.locator('#thread').getByText('@Dana Diaz asked for a retry.').waitFor();
      await page.locator('#thread-composer').fill('thank you :eyes:');
      await page.locator('#thread-composer').press('Enter');
      await page.locator('#thread').getByText('thank you').waitFor();
      const parent = running.workspace.state.messages('CALERTS')[0];
      expect(parent?.reply_count).toBe(2);
      await page.keyboard.press('Escape');
      await page.locator('#thread').waitFor({ state: 'hidden' });
    });

    it('asks before a costly press, and sends nothing when the person thinks better of it', async () => {
      await alert();
      await open();
      const presses = () => running.workspace.state.deliveries.filter(({ type }) => type === 'block_actions').length;
      await page.getByRole('button', { name: 'Cancel run' }).click();
      const dialog = page.getByRole('dialog', { name: 'Cancel run 7 of orders_daily?' });
      await dialog.getByRole('button', { name: 'Keep running' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(presses()).toBe(0);
      await page.getByRole('button', { name: 'Cancel run' }).click();
      await dialog.getByRole('button', { name: 'Cancel run' }).click();
      await running.workspace.until(() => presses() === 1);
    });

    it('opens an overflow menu by keyboard', async () => {
      await alert();
      await open();
      const more = page.locator('.block-actions').getByRole('button', { name: 'More actions' });
      await more.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByText('Done: assign').waitFor();
    });

    it('shows an answer to a command to its author alone, and replaces it in place', async () => {
      await open();
      await type('/pipeline status orders');
      const answer = page.locator('.message.ephemeral');
      await answer.getByText('Only visible to you').waitFor();
      await page.locator('#actor').selectOption({ label: 'Priya Patel' });
      await answer.waitFor({ state: 'detached' });
      await page.locator('#actor').selectOption({ label: 'Dana Diaz' });
      await answer.getByRole('button', { name: 'Share with the channel' }).click();
      await answer.getByText('Shared.').waitFor();
      expect(await answer.count()).toBe(1);
    });

    it('fills a loading modal, keeps what was typed when a field is wrong, and closes when it is right', async () => {
      await open();
      await type('/pipeline backfill');
      const modal = page.getByRole('dialog', { name: 'Backfill orders_daily' });
      await modal.getByLabel('Why').fill('late');
      await modal.getByRole('button', { name: 'Plan it' }).click();
      await modal.getByText('Please say a little more.').waitFor();
      expect(await modal.getByLabel('Why').inputValue()).toBe('late');
      await modal.getByLabel('Why').fill('the source was late');
      await modal.getByText('when it is done').click();
      await modal.getByRole('button', { name: 'Plan it' }).click();
      await modal.waitFor({ state: 'detached' });
      const sent = running.workspace.state.deliveries.filter(({ type }) => type === 'view_submission').at(-1);
      const view = Object(sent?.payload.view);
      expect(view.state.values).toMatchObject({
        from: { day: { selected_date: '2026-11-20' } },
        why: { text: { value: 'the source was late' } },
        how: { pace: { selected_option: { value: '3' } } },
        tell: { who: { selected_options: [{ value: 'channel' }] } },
      });
    });

    it('offers commands and names while typing, and says what went wrong with a command', async () => {
      await open();
      await page.locator('#composer').pressSequentially('/pi');
      await page.getByRole('option', { name: /\/pipeline.*Look up/ }).waitFor();
      await page.keyboard.press('Tab');
      expect(await page.locator('#composer').inputValue()).toBe('/pipeline ');
      await page.locator('#composer').pressSequentially('silence');
      await page.keyboard.press('Enter');
      await page.getByText(/operation_timeout/).waitFor();
      await type('/nothing');
      await page.getByText('/nothing is not a valid command.').waitFor();
      await page.locator('#composer').fill('');
      await page.locator('#composer').pressSequentially('ask @pri');
      await page.keyboard.press('Enter');
      await page.locator('#composer').pressSequentially('in #random & <b>');
      await page.keyboard.press('Enter');
      const said = await running.workspace.until(() => running.workspace.state.messages('CALERTS')[0]);
      expect(said.text).toBe('ask <@UPRIYA> in <#CRANDOM|random> &amp; &lt;b&gt;');
      await messages().getByText('@Priya Patel').waitFor();
    });

    it('never takes foreign text for markup', async () => {
      const evil =
        '<img src=x onerror=alert(1)> &lt;script&gt; <javascript:alert(1)|click> <https://runs.example/"onclick=x|go>';
      const plain = { type: 'plain_text' as const, text: '<img src=x onerror=alert(1)>' };
      await running.app.client.chat.postMessage({
        channel: 'CALERTS',
        text: evil,
        blocks: [
          { type: 'header', text: plain },
          { type: 'section', text: { type: 'mrkdwn', text: evil } },
        ],
      });
      await open();
      await messages().last().getByText('<script>').waitFor();
      expect(await messages().locator('img:not(.avatar)').count()).toBe(0);
      const links = await messages()
        .locator('a')
        .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
      expect(links).toEqual(['https://runs.example/"onclick=x']);
    });

    it('counts what is unread, and forgets it once read', async () => {
      await open();
      running.workspace.as('UPRIYA').post('CRANDOM', 'lunch? <@UDANA>');
      const random = page.getByRole('navigation').getByRole('button', { name: /random/ });
      await random.getByText('1', { exact: true }).waitFor();
      await random.click();
      await messages().getByText('lunch?').waitFor();
      await random.locator('.count').waitFor({ state: 'detached' });
    });

    it('reacts, and shows who did', async () => {
      const { ts } = running.workspace.as('UPRIYA').post('CALERTS', 'fixed');
      running.workspace.as('UPRIYA').react('CALERTS', ts, 'tada');
      await open();
      const reaction = page.getByRole('button', { name: /tada, 1: Priya Patel/ });
      await reaction.click();
      await page.getByRole('button', { name: /tada, 2: Priya Patel, Dana Diaz/ }).waitFor();
    });

    it('opens the Home tab of the app', async () => {
      await open();
      await page.getByRole('navigation').getByRole('button', { name: 'Pit Crew' }).click();
      await page.getByRole('heading', { name: 'What needs you now' }).waitFor();
      await page.getByRole('button', { name: 'Open orders_daily' }).click();
      await running.workspace.until(() =>
        running.workspace.state.deliveries.some(({ payload }) => Object(payload.container).type === 'view'),
      );
      await page.getByRole('tab', { name: 'Messages' }).click();
      await page.locator('#composer').waitFor();
    });

    it('shows the calls, and puts a fault in the way of the next one', async () => {
      await open();
      await page.locator('#inspect').click();
      const inspector = page.locator('#inspector');
      await inspector.getByText('auth.test').waitFor();
      await inspector.getByRole('tab', { name: 'Faults' }).click();
      await inspector.getByRole('button', { name: 'Answer 503' }).click();
      await inspector.getByText('5xx on any call').waitFor();
      const { url } = running;
      const answer = await fetch(`${url}/api/api.test`, { method: 'POST' });
      expect(answer.status).toBe(503);
      await inspector.getByText('Nothing.').waitFor();
    });

    it('fits a phone: nothing is wider than the screen, and channels are behind a button', async () => {
      await alert();
      await page.setViewportSize({ width: 390, height: 844 });
      await open();
      await messages().last().locator('h3').waitFor();
      const tooWide = await page.evaluate(`
        [...document.querySelectorAll('.topbar *, .message, .block, .composer, .button')]
          .filter((node) => {
            const box = node.getBoundingClientRect();
            return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
          })
          .map((node) => node.className)`);
      expect(tooWide).toEqual([]);
      await page.getByRole('button', { name: 'Channels' }).click();
      await page
        .getByRole('navigation')
        .getByRole('button', { name: /random/ })
        .click();
      await page.getByRole('heading', { name: '# random' }).waitFor();
    });

    it('renders mrkdwn as Slack does', async () => {
      const cases: [string, string][] = [
        ['*bold* _it_ ~no~ `co*de*`', '<strong>bold</strong> <em>it</em> <s>no</s> <code>co*de*</code>'],
        ['snake_case_name 2*3*4', 'snake_case_name 2*3*4'],
        ['a &lt;b&gt; &amp;amp;', 'a &lt;b&gt; &amp;amp;'],
        ['```a *b*\n&lt;c&gt;```', '<pre><code>a *b*\n&lt;c&gt;</code></pre>'],
        ['&gt; said\nthen', '<blockquote>said</blockquote>then'],
        [
          '<https://a.example/?x=1&amp;y=2|a *b*>',
          '<a href="https://a.example/?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">a <strong>b</strong></a>',
        ],
        [
          'see https://a.example/b.',
          'see <a href="https://a.example/b" target="_blank" rel="noopener noreferrer">https://a.example/b</a>.',
        ],
        ['<!date^1795510500^{date_num} {time_secs}|x>', '<time title="x">2026-11-24 09:55:00</time>'],
        [':nothing_known: <@UPRIYA>', ':nothing_known: <span class="mention" title="Priya Patel">@Priya Patel</span>'],
      ];
      await open();
      const script = `import('/page/mrkdwn.js').then(({ mrkdwn }) =>
        ${JSON.stringify(cases.map(([text]) => text))}.map((text) => {
          const box = document.createElement('div');
          box.append(...mrkdwn(text));
          return box.innerHTML;
        }))`;
      expect(await page.evaluate(script)).toEqual(cases.map(([, html]) => html));
    });
  },
);
