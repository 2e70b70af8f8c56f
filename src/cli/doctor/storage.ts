import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Redis } from 'ioredis';
import type { Config } from '../../config';
import { errorCode } from '../../lib/error-code';
import type { Logger } from '../../lib/logger';
import type { Finding } from '../../orchestrators/orchestrator';
import { waitingMigration } from '../../store/schema-state';
import { withDatabase } from '../database';
import { CommandFailed } from '../io';

/** The data folder (where the embedded database is used), the database and its schema, Redis. */
export async function checkStorage(config: Config, log: Logger): Promise<Finding[]> {
  return [
    ...(config.databaseUrl ? [] : await checkDataFolder(config.dataDir)),
    ...(await checkDatabase(config, log)),
    ...(config.redisUrl ? [await checkRedis(config.redisUrl)] : []),
  ];
}

async function checkDataFolder(dataDir: string): Promise<Finding[]> {
  const folder = await nearestThere(resolve(dataDir));
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return [{ ok: true, say: `The data folder ${resolve(dataDir)} can be written.` }];
  } catch {
    const fix = 'Let this user write there, or name another folder in PITCREW_DATA_DIR.';
    return [{ ok: false, say: `The folder ${folder} cannot be written.`, fix }];
  }
}

/** Itself, or the folder in which it would be made. */
async function nearestThere(folder: string): Promise<string> {
  try {
    await access(folder, constants.F_OK);
    return folder;
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : nearestThere(above);
  }
}

async function checkDatabase(config: Config, log: Logger): Promise<Finding[]> {
  const which = config.databaseUrl ? 'The database' : 'The built-in database';
  try {
    const waiting = await withDatabase({ config, log, anySchema: true, waitMs: 1_000 }, (db) => waitingMigration(db));
    const schema: Finding = waiting
      ? { ok: false, say: `The schema lacks ${waiting}.`, fix: 'Run `pitcrew migrate`, or start Pitcrew once.' }
      : { ok: true, say: 'The schema is up to date.' };
    return [{ ok: true, say: `${which} answers.` }, schema];
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return [{ ok: false, say: error.message, fix: config.databaseUrl ? 'See DATABASE_URL.' : 'See PITCREW_DATA_DIR.' }];
  }
}

async function checkRedis(url: string): Promise<Finding> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 0,
  });
  let fault: unknown;
  redis.on('error', (error) => {
    fault = error; // what the call below throws says less
  });
  try {
    await redis.connect();
    await redis.ping();
    return { ok: true, say: 'Redis answers.' };
  } catch (error) {
    const word = errorCode(fault ?? error) ?? (error instanceof Error ? error.message.split('\n')[0] : 'no answer');
    const fix = 'Check REDIS_URL and that Redis runs. Without it Pitcrew works on, a little later.';
    return { ok: false, say: `Redis does not answer (${word}).`, fix };
  } finally {
    redis.disconnect();
  }
}
