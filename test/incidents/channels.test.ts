import { Failure } from '../../src/domain/failure';
import { createChannels } from '../../src/incidents/channels';
import { createLogger } from '../../src/lib/logger';
import type { Channel } from '../../src/store/channel-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'channels');
});

const channel = (id: string, name: string, differs: Partial<Channel> = {}): Channel => ({
  id,
  name,
  isPrivate: false,
  isArchived: false,
  isMember: true,
  ...differs,
});

function open(...first: Channel[]) {
  const slack = { list: first, isDown: false, asked: 0 };
  let now = new Date('2026-11-25T09:00:00Z');
  const channels = createChannels({
    db: database.db,
    async listChannels() {
      slack.asked++;
      if (slack.isDown) throw new Failure('unavailable', 'Slack');
      return slack.list;
    },
    clock: { now: () => now },
    log: createLogger('silent'),
  });
  return {
    channels,
    slack,
    pass(seconds: number) {
      now = new Date(now.getTime() + seconds * 1_000);
    },
  };
}

describe('the directory of channels', () => {
  it('says at once what was read last, so that one channel never becomes two', async () => {
    const { channels } = open(
      channel('C0OLD', 'data-alerts', { isArchived: true }),
      channel('C0ALERTS', 'data-alerts'),
    );
    expect(channels.lastIdOf('#data-alerts')).toBeUndefined();
    await channels.refresh();
    expect(channels.lastIdOf('#Data-Alerts')).toBe('C0ALERTS');
    expect(channels.lastIdOf('C0OTHER1')).toBe('C0OTHER1');
    expect(channels.lastIdOf('#nowhere')).toBeUndefined();
  });

  it('knows what an earlier process had read, where Slack is away at the start', async () => {
    await open(channel('C0ALERTS', 'data-alerts')).channels.refresh();
    const { channels, slack } = open();
    slack.isDown = true;
    await channels.refresh();
    expect(channels.lastIdOf('data-alerts')).toBe('C0ALERTS');
  });

  it.each([
    { asked: '#data-alerts', id: 'C0ALERTS' },
    { asked: 'data-alerts', id: 'C0ALERTS' },
    { asked: '#Data-Alerts', id: 'C0ALERTS' },
    { asked: 'C0ELSEWHERE', id: 'C0ELSEWHERE' },
    { asked: 'U01DANALEE', id: 'U01DANALEE' },
    { asked: '#nowhere', id: undefined },
  ])('gives $id for $asked', async ({ asked, id }) => {
    await expect(open(channel('C0ALERTS', 'data-alerts')).channels.idOf(asked)).resolves.toBe(id);
  });

  it('gives the name of an id, and none for a direct message', async () => {
    const { channels, slack } = open(channel('C0ALERTS', 'data-alerts'));
    await expect(channels.nameOf('C0ALERTS')).resolves.toBe('data-alerts');
    await expect(channels.nameOf('D0DANALEE')).resolves.toBeUndefined();
    expect(slack.asked).toBe(1);
  });

  it('prefers the channel in use to an archived one of the same name', async () => {
    const { channels } = open(channel('C0A00OLD', 'data', { isArchived: true }), channel('C0Z00NEW', 'data'));
    await expect(channels.idOf('#data')).resolves.toBe('C0Z00NEW');
  });

  it('asks Slack once for what many want, and not again within ten minutes', async () => {
    const { channels, slack, pass } = open(channel('C0ALERTS', 'data-alerts'));
    await Promise.all(Array.from({ length: 5 }, () => channels.idOf('#data-alerts')));
    pass(9 * 60);
    await channels.idOf('#data-alerts');
    expect(slack.asked).toBe(1);
  });

  it('answers from what it knows after ten minutes, and learns of a new name behind that', async () => {
    const { channels, slack, pass } = open(channel('C0ALERTS', 'data-alerts'));
    await channels.idOf('#data-alerts');
    slack.list = [channel('C0ALERTS', 'data-alarms')];
    pass(11 * 60);
    await expect(channels.idOf('#data-alerts')).resolves.toBe('C0ALERTS');
    await channels.refresh(); // the one that is under way
    expect(slack.asked).toBe(2);
    await expect(channels.nameOf('C0ALERTS')).resolves.toBe('data-alarms');
  });

  it('looks for an unknown name at most every half minute', async () => {
    const { channels, slack, pass } = open(channel('C0ALERTS', 'data-alerts'));
    await channels.idOf('#nowhere');
    pass(29);
    await channels.idOf('#nowhere');
    expect(slack.asked).toBe(1);
    pass(1);
    slack.list = [channel('C0NOWHERE', 'nowhere')];
    await expect(channels.idOf('#nowhere')).resolves.toBe('C0NOWHERE');
    expect(slack.asked).toBe(2);
  });

  it('works from its table while Slack is down, also in a new process', async () => {
    await open(channel('C0ALERTS', 'data-alerts')).channels.idOf('#data-alerts');
    const { channels, slack, pass } = open();
    slack.isDown = true;
    pass(3_600);
    await expect(channels.idOf('#data-alerts')).resolves.toBe('C0ALERTS');
    await expect(channels.idOf('#nowhere')).resolves.toBeUndefined();
  });

  it('forgets channels that it cannot see any more, but not because of an empty answer', async () => {
    const { channels, slack, pass } = open(
      channel('C0ALERTS', 'data-alerts'),
      channel('C0SECRET', 'secret', { isPrivate: true }),
    );
    await channels.refresh();
    slack.list = [];
    pass(60);
    await channels.refresh();
    await expect(channels.nameOf('C0SECRET')).resolves.toBe('secret');
    slack.list = [channel('C0ALERTS', 'data-alerts')];
    pass(60);
    await channels.refresh();
    await expect(channels.nameOf('C0ALERTS')).resolves.toBe('data-alerts');
    await expect(channels.nameOf('C0SECRET')).resolves.toBeUndefined();
  });
});
