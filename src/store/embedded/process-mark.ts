import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { errorCode } from '../../lib/error-code';

/** A process, named so that a recycled pid is not taken for it. */
export const ProcessMark = z.object({
  pid: z.number().int().positive(),
  /** When it started, in the words of the operating system; compared, never read. */
  started: z.string(),
  host: z.string(),
});
export type ProcessMark = z.infer<typeof ProcessMark>;

/** The process exists, but the system does not let us see when it started. Equal to every start. */
const hidden = 'hidden';

export const here = hostname();

export function markOwnProcess(): ProcessMark {
  return { pid: process.pid, started: startOf(process.pid) ?? hidden, host: here };
}

/** Is that very process running? Only meaningful for marks made on this host. */
export function isRunning(mark: ProcessMark): boolean {
  const started = startOf(mark.pid);
  return started !== undefined && (started === mark.started || started === hidden || mark.started === hidden);
}

/** When the process with this pid started; undefined when there is none, or only its remains wait to be collected. */
export function startOf(pid: number): string | undefined {
  if (!exists(pid)) return undefined;
  try {
    return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  } catch {
    return exists(pid) ? hidden : undefined;
  }
}

/** The command line of a process, arguments parted by blanks; empty when it cannot be seen. */
export function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** proc(5): field 22 is the start in clock ticks since boot; the boot id tells boots apart. Field 3 is the state. */
function startOnLinux(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X') return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
}

function startByPs(pid: number): string | undefined {
  const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  }).trim();
  const [state = '', ...started] = line.split(/\s+/);
  return state.startsWith('Z') ? undefined : started.join(' ');
}
