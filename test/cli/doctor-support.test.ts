import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkSupport } from '../../src/cli/doctor/support';
import { SettingsFile } from '../../src/domain/settings';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitcrew-runbooks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const members = { usergroup: 'S0ENABLE' };
const faults = async (support: object, teams: object[] = [{ name: 'enablement', members }]) => {
  const settings = { ...SettingsFile.parse({ support, teams }), orchestrators: [], catalogue: [] };
  const found = await checkSupport(settings);
  return found
    .flatMap(({ ok, say, fix }) => (ok ? [] : [{ say, fix }]))
    .map(({ say, fix }) => {
      expect(fix).toBeTruthy();
      return say.replaceAll(folder, 'FOLDER');
    });
};

describe('the doctor', () => {
  it.each([
    { title: 'nothing where requests are not used', support: {}, says: [] },
    { title: 'nothing where all is well', support: { team: 'enablement', triageChannel: '#triage' }, says: [] },
    {
      title: 'that nobody is shown them',
      support: { team: 'enablement', channels: ['#ask'] },
      says: [/triageChannel/],
    },
    {
      title: 'that nobody may answer',
      support: { team: 'enablement', triageChannel: '#triage' },
      teams: [{ name: 'enablement' }],
      says: [/Nobody may answer/],
    },
  ])('says $title', async ({ support, teams, says }) => {
    const said = await faults(support, teams);
    expect(said).toHaveLength(says.length);
    for (const [index, each] of says.entries()) expect(said[index]).toMatch(each);
  });

  it('says what is wrong with runbooks: none, an empty one, one without headings, one that is not there', async () => {
    const runbooks = { runbooks: folder };
    expect(await faults(runbooks)).toEqual(['The runbooks folder FOLDER has no Markdown file that can be used.']);
    writeFileSync(join(folder, 'good.md'), '# Late\n\nWait.');
    writeFileSync(join(folder, 'empty.md'), '\n');
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'bare.md'), 'Just words.');
    expect(await faults(runbooks)).toEqual([
      'Nothing is in empty.md.',
      'No headings are in deep/bare.md: each is one answer as a whole, found by the name bare.',
    ]);
    expect(await faults({ runbooks: join(folder, 'gone') })).toEqual([
      'The runbooks in FOLDER/gone cannot be read (ENOENT).',
    ]);
  });

  it('says that runbooks cannot be read', async () => {
    const file = join(folder, 'file.md');
    writeFileSync(file, '# Hm');
    expect(await faults({ runbooks: file })).toEqual(['The runbooks in FOLDER/file.md cannot be read (ENOTDIR).']);
  });
});
