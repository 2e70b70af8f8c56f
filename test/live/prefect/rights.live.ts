import pino from 'pino';
import { connectAll, kindOf } from '../../../src/orchestrators/registry';
import { about } from './bench';

// A server of one's own knows one credential with every right: roles are Prefect Cloud's.
describe('checking the connection', () => {
  const { url, username, password } = about;
  const findingsWith = async (keys: object) => {
    const settings = kindOf('prefect')?.check({ url, ...keys }).data;
    const log = pino({ level: 'silent' });
    const connected = connectAll([{ name: 'works', kind: 'prefect', settings }], {
      log,
      clock: { now: () => new Date() },
    });
    const connection = connected.get('works');
    const findings = await connection?.orchestrator.check();
    await connection?.close();
    return findings;
  };

  it('says that each right is there where the credential is right', async () => {
    const said = (await findingsWith({ username, password }))?.map(({ say }) => say).join('\n');
    expect(said).toMatch(/may change the state of runs/);
    expect(said).toMatch(/may start runs of deployments/);
    expect(said).toMatch(/may pause deployments/);
  });

  it.each([
    ['another password', { username, password: 'wrong' }],
    ['none at all', {}],
  ])('says that it is not let in with %s, and how to mend it', async (_what, keys) => {
    const [first] = (await findingsWith(keys))?.filter(({ ok }) => !ok) ?? [];
    expect(first?.fix).toMatch(/Check `username` and `password`/);
  });
});
