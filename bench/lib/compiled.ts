import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** Compiles the product, and lays out a folder from which `bin` runs it as a production install does. */
export function compileProduct(): { bin: string; remove(): void } {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'build.js')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed: ${stderr}`);
  const folder = mkdtempSync(join(tmpdir(), 'pitcrew-install-'));
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  symlinkSync(join(root, 'dist'), join(folder, 'dist'));
  return { bin: join(folder, 'bin', 'pitcrew.js'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
