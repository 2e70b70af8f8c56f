import { Command } from 'commander';
import { type Leavable, leavable, manifestFor } from '../slack/manifest';
import { surfaceOf } from '../slack/surface';
import { type Io, UsageFault } from './io';
import { readConfiguration } from './settings';

export function manifestCommand(io: Io): Command {
  return new Command('manifest')
    .description('Print the Slack app manifest for this configuration.')
    .option('--http <url>', 'where Slack reaches Pitcrew over HTTP; without it the app uses Socket Mode')
    .option('--without <parts>', `parts to leave out, separated by commas: ${leavable.join(', ')}`)
    .option('--json', 'a manifest is JSON anyway')
    .action(async (options: { http?: string; without?: string }) => {
      const httpUrl = options.http === undefined ? undefined : addressIn(options.http);
      const without = partsIn(options.without ?? '');
      const { settings } = await readConfiguration(io);
      const manifest = manifestFor(settings, surfaceOf(settings), { httpUrl, without });
      io.stdout.write(`${JSON.stringify(manifest, undefined, 2)}\n`);
    });
}

function addressIn(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageFault('--http wants an address such as https://pitcrew.example.com');
}

function partsIn(text: string): Leavable[] {
  return text.split(',').flatMap((word) => {
    const name = word.trim();
    if (name === '') return [];
    const part = leavable.find((known) => known === name);
    if (!part) throw new UsageFault(`--without knows ${leavable.join(' and ')}, not "${name}"`);
    return [part];
  });
}
