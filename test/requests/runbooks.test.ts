import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsFile } from '../../src/domain/settings';
import { createLogger } from '../../src/lib/logger';
import { createRunbooks } from '../../src/requests/runbooks';
import { renderRequestReply } from '../../src/slack/request-card';
import { findAnswers } from '../../src/store/answer-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbooks-'));
  await emptyTables(database.db, 'runbook_sections, requests, people');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function open(runbooks: string | undefined = folder) {
  const { db } = database;
  const settings = { ...SettingsFile.parse({}), orchestrators: [], catalogue: [] };
  const { sweep } = createRunbooks({
    db,
    log: createLogger('silent'),
    settings: () => ({ ...settings, support: { ...settings.support, ...(runbooks ? { runbooks } : {}) } }),
    redact: (text) => text.replaceAll('hunter2', '[removed]'),
  });
  const found = async (question: string) =>
    (await findAnswers(db, question, { limit: 3 })).map(({ runbook, number, question: title }) => [
      runbook ?? number,
      title,
    ]);
  return { db, sweep, found };
}

const write = (name: string, text: string) => writeFile(join(folder, name), text);

describe('runbooks', () => {
  it('are found by the rare words of a question, with the file and the headings that they come from', async () => {
    const { sweep, found } = open();
    await mkdir(join(folder, 'orders'));
    await write('orders/late.md', '# Orders\nGeneral.\n## Warehouse grants\nAsk for role reader; password hunter2.');
    await write('notes.txt', '# Warehouse grants\nNo.');
    expect(await sweep()).toBe(2);
    expect(await found('who gives me the warehouse grants?')).toEqual([
      ['orders/late.md', 'Orders › Warehouse grants'],
    ]);
    expect(await found('Warehose grant')).toEqual([['orders/late.md', 'Orders › Warehouse grants']]);
    expect(await found('please add Mei to finance')).toEqual([]);
  });

  it('are offered beside what solved the like before, the best first', async () => {
    const { db, sweep, found } = open();
    await db.query(
      `insert into requests (request_id, state, person_id, source, asked_at, requester_said_at, changed_at, question, resolution, origin)
       select gen_random_uuid(), 'solved', gen_random_uuid(), 'command', t, t, t, 'The warehouse grants of my table are missing', 'See role reader.', 'o'
       from (select '2026-11-24T09:00:00Z'::timestamptz as t) at`,
    );
    await write('a.md', '# Warehouse grants\nAsk for role reader.');
    await sweep();
    const answers = await found('the warehouse grants of my table are missing');
    expect(answers.map(([, title]) => title)).toEqual([
      'The warehouse grants of my table are missing',
      'Warehouse grants',
    ]);
  });

  it('follow their files: changed, renamed, gone; and are read again only then', async () => {
    const { sweep, found } = open();
    await write('a.md', '# Warehouse grants\nAsk.');
    expect([await sweep(), await sweep()]).toEqual([1, 0]);
    await write('a.md', '# Cluster quotas\nAsk.\n# Cluster quotas\nAgain.');
    await utimes(join(folder, 'a.md'), 1, 1);
    expect(await sweep()).toBe(2);
    expect(await found('warehouse grants')).toEqual([]);
    await rename(join(folder, 'a.md'), join(folder, 'b.md'));
    await sweep();
    expect(await found('cluster quotas')).toEqual([
      ['b.md', 'Cluster quotas'],
      ['b.md', 'Cluster quotas'],
    ]);
    await rm(join(folder, 'b.md'));
    await sweep();
    expect(await found('cluster quotas')).toEqual([]);
  });

  it('stay as they were while the folder cannot be read, and go with the setting', async () => {
    const { sweep, found } = open();
    await write('a.md', '# Warehouse grants\nAsk.');
    await sweep();
    await rename(folder, `${folder}-away`);
    expect(await sweep()).toBe(0);
    await rename(`${folder}-away`, folder);
    expect(await found('warehouse grants')).toHaveLength(1);
    await open('').sweep();
    expect(await found('warehouse grants')).toEqual([]);
  });

  it('are the same for two that read them at once', async () => {
    await write('a.md', '# Warehouse grants\nAsk.');
    await Promise.all([open().sweep(), open().sweep()]);
    expect(await open().found('warehouse grants')).toHaveLength(1);
  });

  it('may be links to files, and links to folders lead nowhere', async () => {
    const { sweep } = open();
    await mkdir(join(folder, '..data'));
    await write('..data/a.md', '# Warehouse grants\nAsk.');
    await symlink(join(folder, '..data', 'a.md'), join(folder, 'a.md'));
    await symlink(folder, join(folder, 'round'));
    await symlink(folder, join(folder, 'folder.md'));
    expect(await sweep()).toBe(1);
  });
});

it('what a runbook says is plain text within what Slack takes', () => {
  const hostile = `<!channel> *stop* <@U0DANA> &amp;\n> \`\`\`\n${'<'.repeat(3_000)}`;
  const message = renderRequestReply(
    {
      kind: 'request',
      at: new Date(0),
      what: 'answers',
      number: 7,
      requestId: '00000000-0000-4000-8000-0000000000aa',
      answers: [1, 2, 3].map((n) => ({
        id: `00000000-0000-8000-8000-00000000000${n}`,
        runbook: `\`<!here>${'p'.repeat(300)}.md`,
        question: `<!everyone> *${'q'.repeat(300)}`,
        resolution: hostile,
      })),
    },
    { timeZone: 'UTC' },
  );
  // What is read out alone is no markup.
  const all = JSON.stringify(message, (key, value) => (key === 'accessibility_label' ? undefined : value));
  expect(all).not.toMatch(/<[!@]/);
  expect(message.blocks?.flatMap((block) => ('elements' in block ? block.elements.length : []))).toEqual([1, 1, 1, 1]);
  for (const block of message.blocks ?? [])
    if (block.type === 'section') expect(block.text?.text.length).toBeLessThanOrEqual(3_000);
  expect(all).toContain('This solved it');
});
