import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const memory = '/dev/shm';
const wanted = 2 * 1024 ** 3;

/**
 * Where folders of a database are made: in memory where that has 2 GB to spare and runs programs, or else with the other temporary
 * files. A database is some thousand files, and on some disks making one takes 2 ms, in memory 0.05 ms.
 */
export function quickFolder(): string {
  place ??= isMemoryUsable() ? memory : tmpdir();
  return place;
}

let place: string | undefined;

function isMemoryUsable(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < wanted) return false;
    const folder = mkdtempSync(path.join(memory, 'pitcrew-try-'));
    try {
      const program = path.join(folder, 'program');
      writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
      return spawnSync(program).status === 0;
    } finally {
      rmSync(folder, { recursive: true });
    }
  } catch {
    return false;
  }
}
