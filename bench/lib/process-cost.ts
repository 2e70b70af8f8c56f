import { readFileSync } from 'node:fs';

export interface Cost {
  cpuSeconds: number;
  peakMb: number;
}

const ticksPerSecond = 100;

/** CPU seconds and peak memory so far of a process and those that it started, as Linux counts them; undefined where it does not. */
export function costOf(pid: number | undefined): Cost | undefined {
  if (pid === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    const all = [
      { cpuSeconds: ticks / ticksPerSecond, peakMb: peakKb / 1_024 },
      ...children.flatMap((child) => costOf(Number(child)) ?? []),
    ];
    return {
      cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      peakMb: Number(all.reduce((sum, { peakMb }) => sum + peakMb, 0).toFixed(1)),
    };
  } catch {
    return undefined;
  }
}

/** Of processes that ran one after the other. */
export function sumOf(costs: Cost[]): Cost {
  return {
    cpuSeconds: Number(costs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0).toFixed(1)),
    peakMb: Math.max(0, ...costs.map(({ peakMb }) => peakMb)),
  };
}
