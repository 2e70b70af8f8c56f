import { randomUUID } from 'node:crypto';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createRedactor } from '../../src/lib/redact';
import { renderPost } from '../../src/outbox/render';
import * as incidentRows from '../../src/store/incident-rows';
import type { SendablePost } from '../../src/store/post-rows';
import { only } from '../support/abilities';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';

const nine = new Date('2026-11-25T09:00:00Z');
const { orchestrators: _orchestrators, ...parsed } = SettingsFile.parse({});
const settings: Settings = { ...parsed, orchestrators: [], catalogue: [] };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => emptyTables(database.db, 'incidents'));

const token = (letter: string): string => `ghp_${letter.repeat(3)}${'B3dE5fG7hJ9'.repeat(3)}`;
const identity = {
  pipeline: `z_${token('p')}`,
  partition: token('q'),
  run: token('r'),
  step: `load ${token('s')}`,
};

async function storedIncident(): Promise<string> {
  const id = randomUUID();
  const incident: incidentRows.StoredIncident = {
    id,
    state: 'open',
    openedAt: nine,
    lastFailedAt: nine,
    reason: 'first-failure',
    members: [
      {
        ...identity,
        connection: 'prod',
        trouble: 'failed',
        state: 'failed',
        via: 'first',
        attempt: 1,
        firstFailedAt: nine,
        lastFailedAt: nine,
        troubles: [nine],
        failures: 1,
        channel: 'CALERTS',
      },
    ],
    places: [{ channel: 'CALERTS', routedBy: 'default', threads: true, createdAt: nine }],
  };
  await incidentRows.save(database.db, [incident], nine);
  return id;
}

function rendered(post: Pick<SendablePost, 'incidentId' | 'role' | 'notice'>) {
  const redactor = createRedactor();
  return renderPost(
    {
      db: database.db,
      clock: { now: () => nine },
      settings: () => settings,
      batchWordsOf: () => [],
      abilitiesOf: () => only('retry', 'stop', 'openLog'),
      downstreamOf: async () => [`after ${token('d')}`],
      upstreamOf: async () => [],
      messageUrl: (channel, ts) => `https://slack.example/${channel}/${ts}`,
      ownerName: async (owner) => owner,
      redact: (text) => redactor.redact(text).text,
    },
    {
      id: randomUUID(),
      channel: 'CALERTS',
      kind: 'state',
      state: 'waiting',
      wantedVersion: 1,
      seq: 1,
      sentVersion: 0,
      urgency: 'change',
      attempts: 0,
      createdAt: nine,
      plain: false,
      ...post,
    },
  );
}

describe('a secret in the name of a pipeline, partition, run or step', () => {
  it('is shown nowhere in the alert; its buttons still act on the run as it is stored', async () => {
    const message = await rendered({ incidentId: await storedIncident(), role: 'parent' });
    const { text = '', blocks = [] } = message ?? {};
    const rows = blocks.filter((block) => block.type === 'actions');
    const isShown = (key: string, value: unknown) => (key === 'value' ? undefined : value);
    const shown = JSON.stringify([text, blocks.filter((block) => block.type !== 'actions')], isShown);
    expect(shown).toContain('z_[redacted');
    expect(shown).not.toContain('B3dE5f');
    const values = rows.flatMap(({ elements }) => elements.map((each) => ('value' in each ? each.value : undefined)));
    expect(JSON.parse(values[0] ?? '')).toMatchObject({
      pipeline: identity.pipeline,
      partition: identity.partition,
      run: identity.run,
    });
    const spoken = JSON.stringify(rows, (name, value) => (name === 'value' ? undefined : value));
    expect(spoken).not.toContain('B3dE5f');
  });

  it('is shown in no reply either', async () => {
    const notice = { kind: 'running-again', at: nine, run: identity.run, attempt: 2 } as const;
    const message = await rendered({ incidentId: await storedIncident(), role: 'reply', notice });
    expect(message?.text).toContain('[redacted');
    expect(JSON.stringify(message)).not.toContain('B3dE5f');
  });
});
