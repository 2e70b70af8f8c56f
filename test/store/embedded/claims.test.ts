import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/lib/clock';
import { createClaims } from '../../../src/store/embedded/claims';
import { commandOf, isRunning, markOwnProcess, startOf } from '../../../src/store/embedded/process-mark';
import { until } from '../../support/until';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pitcrew-claims-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const create = () => createClaims({ folder, clock: systemClock });
const since = '2026-11-25T09:00:00.000Z';
const recycled = { pid: process.pid, started: 'another boot/1', host: hostname(), hold: true, since };
const elsewhere = { pid: 1, started: 'x', host: 'another-host', hold: true, since };

describe('those who use the folder', () => {
  it('are counted while they live, and not after they left', () => {
    const claims = create();
    const leave = claims.add(true);
    claims.add(false);
    expect(
      claims
        .users()
        .map((user) => user.hold)
        .sort(),
    ).toEqual([false, true]);
    leave();
    expect(claims.users()).toMatchObject([{ pid: process.pid, hold: false }]);
  });

  it('are not those whose pid was given to another process since; their files are swept', () => {
    const claims = create();
    claims.add(false)();
    const file = path.join(folder, 'users', 'left.json');
    writeFileSync(file, JSON.stringify(recycled));
    expect(claims.users()).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  it('are on another host as long as their file is touched', () => {
    const claims = create();
    claims.add(false)();
    const file = path.join(folder, 'users', 'far.json');
    writeFileSync(file, JSON.stringify(elsewhere));
    expect(claims.users()).toHaveLength(1);
    const old = new Date(Date.now() - 21_000);
    utimesSync(file, old, old);
    expect(claims.users()).toEqual([]);
  });
});

describe('taking turns', () => {
  it.each([
    { title: 'from the start', left: undefined },
    { title: 'after one who died in its turn', left: recycled },
  ])('is one at a time $title', async ({ left }) => {
    if (left) writeFileSync(path.join(folder, 'turn.json'), JSON.stringify(left));
    let inside = 0;
    let most = 0;
    let done = 0;
    const turn = () =>
      create().takeTurn(async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise(setImmediate);
        inside -= 1;
        done += 1;
      });
    await Promise.all(Array.from({ length: 40 }, turn));
    expect({ most, done }).toEqual({ most: 1, done: 40 });
    expect(readdirSync(folder).filter((name) => name.startsWith('turn'))).toEqual([]);
  });

  it('is given back by work that fails', async () => {
    const claims = create();
    await expect(claims.takeTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(claims.takeTurn(async () => 'yes')).resolves.toBe('yes');
  });
});

describe('a process', () => {
  it('is known by its start, so another with the same pid is another', () => {
    const own = markOwnProcess();
    expect(isRunning(own)).toBe(true);
    expect(isRunning({ ...own, started: 'another boot/1' })).toBe(false);
  });

  it('is gone when it ended', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    await until(() => commandOf(pid).includes('sleep 60'));
    const started = startOf(pid) ?? '';
    child.kill('SIGKILL');
    await until(() => !isRunning({ pid, started, host: hostname() }));
    expect(commandOf(pid)).toBe('');
  });
});
