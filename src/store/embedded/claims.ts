import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from '../../lib/clock';
import { errorCode } from '../../lib/error-code';
import { DatabaseFault } from '../database-fault';
import { here, isRunning, markOwnProcess, ProcessMark } from './process-mark';

/** One use of the database's folder by one process. */
const Claim = ProcessMark.extend({
  /** Started as `serve` or `demo`: at most one of these at a time. */
  hold: z.boolean(),
  since: z.iso.datetime(),
});
type Claim = z.infer<typeof Claim>;

/** A file of a live process is touched this often, so that another host (a shared volume) can tell it is alive. */
const touchEveryMs = 5_000;
/** A file from another host that was not touched for so long belongs to the dead. */
const deadAfterMs = 20_000;
const waitForTurnMs = 180_000;

let counter = 0;

/**
 * Who uses the folder, as files in it: `users/*.json` one per use, and `turn.json` for the one who is starting or stopping
 * the server right now. Files of dead processes are ignored and swept.
 */
export function createClaims({ folder, clock }: { folder: string; clock: Clock }) {
  const users = path.join(folder, 'users');
  const turnFile = path.join(folder, 'turn.json');

  function isAlive(claim: Claim, file: string): boolean {
    if (claim.host === here) return isRunning(claim);
    return clock.now().getTime() - statSync(file).mtimeMs < deadAfterMs;
  }

  /** The claim in a file that belongs to a living process, else undefined. A file in the middle of being written counts. */
  function readLive(file: string): Claim | 'unreadable' | undefined {
    try {
      const text = readFileSync(file, 'utf8');
      const claim = parseClaim(text);
      if (claim === undefined) return clock.now().getTime() - statSync(file).mtimeMs < 2_000 ? 'unreadable' : undefined;
      return isAlive(claim, file) ? claim : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  function ownClaim(hold: boolean): Claim {
    return { ...markOwnProcess(), hold, since: clock.now().toISOString() };
  }

  return {
    /** Those who use the database now, ourselves included. */
    users(): Claim[] {
      return listed(users).flatMap((name) => {
        const file = path.join(users, name);
        const claim = readLive(file);
        if (claim === undefined) rmSync(file, { force: true });
        return claim === undefined || claim === 'unreadable' ? [] : [claim];
      });
    },

    /** Writes that we use it. @returns what takes that back. */
    add(hold: boolean): () => void {
      mkdirSync(users, { recursive: true });
      counter += 1;
      const file = path.join(users, `${here}-${process.pid}-${counter}.json`);
      writeFileSync(file, JSON.stringify(ownClaim(hold)), { mode: 0o600 });
      const stopTouching = keepTouched(file);
      return () => {
        stopTouching();
        rmSync(file, { force: true });
      };
    },

    /** Runs `work` while no other process starts or stops the server. Waits its turn for up to 3 minutes. */
    async takeTurn<T>(work: () => Promise<T>): Promise<T> {
      const deadline = performance.now() + waitForTurnMs;
      while (!createOnce(turnFile, ownClaim(false))) {
        if (readLive(turnFile) === undefined) dropDead(turnFile);
        else if (performance.now() > deadline) {
          throw new DatabaseFault(
            `Another process has been starting or stopping the built-in database for ${waitForTurnMs / 60_000} minutes. ` +
              `If none is, delete ${turnFile} and try again.`,
          );
        } else await sleep(25);
      }
      const stopTouching = keepTouched(turnFile);
      try {
        return await work();
      } finally {
        stopTouching();
        rmSync(turnFile, { force: true });
      }
    },
  };

  /**
   * Removes a dead process's file. Only whoever creates the file's successor mark may remove it: else two that saw the same
   * dead owner could each remove what the other has just taken.
   */
  function dropDead(file: string): void {
    const dead = textOf(file);
    if (dead === undefined) return;
    const successor = `${file}.successor`;
    if (!createOnce(successor, ownClaim(false))) {
      // Whoever was removing it may have died right then.
      if (readLive(successor) === undefined) rmSync(successor, { force: true });
      return;
    }
    try {
      if (textOf(file) === dead && readLive(file) === undefined) rmSync(file, { force: true });
    } finally {
      rmSync(successor, { force: true });
    }
  }
}

function parseClaim(text: string): Claim | undefined {
  try {
    return Claim.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function createOnce(file: string, claim: Claim): boolean {
  try {
    writeFileSync(file, JSON.stringify(claim), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function keepTouched(file: string): () => void {
  const timer = setInterval(() => {
    try {
      const now = new Date();
      utimesSync(file, now, now);
    } catch {
      // Removed by hand: nothing to keep alive.
    }
  }, touchEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
