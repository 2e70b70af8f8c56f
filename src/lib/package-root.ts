import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of the program that `from` is a folder of. */
export function versionOf(from: string): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(from), 'package.json'), 'utf8'));
  return String(version);
}

/** The folder of the nearest package.json: the same from the sources and from the compiled files. */
export function packageRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error('There is no package.json above the program.');
  return packageRoot(above);
}
