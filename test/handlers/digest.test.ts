import { randomUUID } from 'node:crypto';
import { renderDigest } from '../../src/slack/digest/summary';
import { textsOf } from '../../src/slack/message';
import type { View } from '../../src/workspace/store';
import { weekFigures } from '../support/week-figures';
import { type Crew, runCrew } from './crew';

describe.each(['socket', 'http'] as const)('the digest of a channel over %s', (mode) => {
  let crew: Crew;
  beforeAll(async () => {
    crew = await runCrew(mode);
  });
  afterAll(() => crew.stop());
  afterEach(() => crew.stored.clear());

  const dana = () => crew.workspace.as('UDANA');
  const showing = (pattern: RegExp, of = 'UDANA') =>
    crew.workspace.until(
      () => {
        const top: View | undefined = crew.workspace.state.views(of).at(-1);
        return top && pattern.test(textsOf([top.content]).join('\n')) ? top : undefined;
      },
      12_000,
      `a dialog that says ${pattern}`,
    );

  it('is chosen in a form, shown as it would be posted, and stored with the yes, once', async () => {
    const message = renderDigest(weekFigures(), { nameOf: () => undefined });
    const { ts } = await crew.slack.postMessage({ ...message, channel: 'CALERTS', postId: randomUUID() });
    await dana().press('CALERTS', ts, 'digest-settings.v1');
    const form = await showing(/gets the digest of team orders, every Monday at 09:00/);
    await dana().submit(form.id, { audience: 'all', day: 'fri', time: '16:30', zone: 'Asia/Tokyo' });
    const preview = await showing(/will get the digest of the organisation, every Friday at 16:30 \(Asia\/Tokyo\)/);
    expect(textsOf([preview.content]).join('\n')).toMatch(/Quiet week for the organisation/);
    const { id } = preview;
    await dana().submit(id, {});
    const choice = { kind: 'plan', scope: 'all', weekday: 'fri', time: '16:30', timeZone: 'Asia/Tokyo' };
    expect([...crew.stored.values()]).toMatchObject([
      { name: 'digest.v1', slackId: 'UDANA', channel: 'CALERTS', value: { channel: 'CALERTS', choice } },
    ]);
  });

  it('keeps what was typed where a zone is none, and says so under it', async () => {
    await dana().command('CALERTS', '/pipeline', 'digest');
    const form = await showing(/gets the digest of team orders/);
    const { errors } = await dana().submit(form.id, {
      audience: 'all',
      day: 'mon',
      time: '09:00',
      zone: 'Middle Earth',
    });
    expect(errors).toEqual({ zone: expect.stringMatching(/Europe\/Berlin/) });
    await dana().close(form.id);
    expect(crew.stored.size).toBe(0);
  });

  it('is turned off in the same form', async () => {
    await dana().command('CALERTS', '/pipeline', 'digest');
    const form = await showing(/gets the digest of team orders/);
    await dana().submit(form.id, { audience: 'none' });
    const preview = await showing(/will get no digest any more/);
    expect(preview.content.submit).toMatchObject({ text: 'No digest here' });
    await dana().submit(preview.id, {});
    expect([...crew.stored.values()]).toMatchObject([{ value: { choice: { kind: 'none' } } }]);
  });

  it('is not for everybody to choose, and for everybody to look at', async () => {
    await crew.workspace.as('UPRIYA').command('CALERTS', '/pipeline', 'digest');
    const refused = await showing(
      /Only people of team orders or people with the role \*operator\* may choose/,
      'UPRIYA',
    );
    expect(refused.content.submit).toBeUndefined();
    await crew.workspace.as('UPRIYA').close(refused.id);
    await crew.workspace.as('UPRIYA').command('CALERTS', '/pipeline', 'digest preview');
    const shown = await showing(/Only you see this/, 'UPRIYA');
    await crew.workspace.as('UPRIYA').close(shown.id);
    expect(crew.stored.size).toBe(0);
  });
});
