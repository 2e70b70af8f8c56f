import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** CPU seconds and peak memory of a process so far, as Linux counts them; undefined where it does not. */
export function costOf(pid: number | undefined): { cpuSeconds: number; peakMb: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    return { cpuSeconds: ticks / ticksPerSecond, peakMb: Number((peakKb / 1_024).toFixed(1)) };
  } catch {
    return undefined;
  }
}
