import type { Settings } from '../../src/domain/settings';
import { SettingsFile } from '../../src/domain/settings';
import { ConfigurationFault, type Result } from '../../src/lib/configuration-fault';
import { createLogger } from '../../src/lib/logger';
import { openSettings } from '../../src/settings/holder';

const fault = { where: 'pitcrew.yaml:1', say: 'is wrong' };

function settings(defaultChannel: string): Settings {
  return { ...SettingsFile.parse({ defaultChannel }), orchestrators: [], catalogue: [] };
}

function answers(...results: Result<Settings>[]) {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(line) });
  let next = 0;
  const load = async () => results[next++] ?? { ok: false as const, faults: [] };
  return { load, log, lines };
}

describe('openSettings', () => {
  it('refuses to begin with faults', async () => {
    await expect(openSettings(answers({ ok: false, faults: [fault] }))).rejects.toThrow(ConfigurationFault);
  });

  it('takes good settings in the place of the old ones', async () => {
    const holder = await openSettings(
      answers({ ok: true, value: settings('#a') }, { ok: true, value: settings('#b') }),
    );
    expect(holder.current().defaultChannel).toBe('#a');
    expect(await holder.reload()).toBe('taken');
    expect(holder.current().defaultChannel).toBe('#b');
  });

  it('keeps the old ones whole when there is a fault, and logs it', async () => {
    const deps = answers(
      { ok: true, value: settings('#a') },
      { ok: false, faults: [fault] },
      { ok: true, value: settings('#c') },
    );
    const holder = await openSettings(deps);
    expect(await holder.reload()).toEqual([fault]);
    expect(holder.current().defaultChannel).toBe('#a');
    expect(deps.lines.join()).toContain('settings.refused');
    expect(await holder.reload()).toBe('taken');
  });

  it('takes two calls one after the other', async () => {
    const holder = await openSettings(
      answers(
        { ok: true, value: settings('#a') },
        { ok: true, value: settings('#b') },
        { ok: true, value: settings('#c') },
      ),
    );
    await Promise.all([holder.reload(), holder.reload()]);
    expect(holder.current().defaultChannel).toBe('#c');
  });
});
