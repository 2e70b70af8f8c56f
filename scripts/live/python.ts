import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages of Python in a folder of their own. */
export interface PythonWish {
  venv: string;
  /** Python that they run on, the best first. */
  pythons: string[];
  packages: string[];
  /** The address or file of versions that go together, for this version of Python; `undefined` = whatever pip finds. */
  constraints?(version: string): Promise<string | undefined>;
}

/** Installs them unless these very ones are there. @throws Error with a reason for people */
export async function installPython(wish: PythonWish, say: (line: string) => void): Promise<void> {
  const done = join(wish.venv, '.pitcrew-complete');
  const wanted = wish.packages.join(' ');
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return;
  const python = wish.pythons.find(isThere);
  if (!python) throw new Error(`None of ${wish.pythons.join(', ')} is installed here; one of them is needed.`);
  say(`installing ${wanted} with ${python} into ${wish.venv} (some minutes)`);
  rmSync(wish.venv, { recursive: true, force: true });
  runProgram(python, ['-m', 'venv', wish.venv]);
  const constraints = await wish.constraints?.(versionOf(join(wish.venv, 'bin', 'python')));
  if (wish.constraints)
    say(constraints ? 'with the constraints that go with it' : 'without constraints: they cannot be reached');
  const limits = constraints ? ['--constraint', constraints] : [];
  runProgram(join(wish.venv, 'bin', 'pip'), ['install', '--quiet', ...limits, ...wish.packages]);
  writeFileSync(done, wanted);
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function versionOf(python: string): string {
  const words = 'import sys; print("%d.%d" % sys.version_info[:2])';
  return execFileSync(python, ['-c', words], { encoding: 'utf8' }).trim();
}

/** @throws Error with what the program said last */
export function runProgram(program: string, args: string[], env?: Record<string, string>): void {
  try {
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: env ?? process.env });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').slice(-5) : [];
    throw new Error(`${program} ${args.slice(0, 2).join(' ')} failed. It said: ${said.join(' ')}`);
  }
}
