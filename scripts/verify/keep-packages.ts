import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Skipped } from './row';

/**
 * Packages that only slow proofs need, kept beside the real products of `npm run test:live`, and installed where they are not there.
 *
 * @returns their node_modules
 * @throws {Skipped} when they cannot be had
 */
export function keepPackages(name: string, packages: string[]): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pitcrew-live', name);
  if (existsSync(folder)) return join(folder, 'node_modules');
  const half = `${folder}.half`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  const args = ['install', '--no-audit', '--no-fund', '--prefix', half, ...packages];
  const { status, stderr, error } = spawnSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) throw new Skipped(`${packages.join(', ')} cannot be had: ${error ?? stderr.slice(-300)}`);
  renameSync(half, folder);
  return join(folder, 'node_modules');
}
