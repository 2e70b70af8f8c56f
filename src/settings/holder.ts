import type { Settings } from '../domain/settings';
import { ConfigurationFault, type Fault, orThrow, type Result } from '../lib/configuration-fault';
import type { Logger } from '../lib/logger';

/** The settings in force. Ask `current()` each time: they are taken anew while the program runs. */
export interface SettingsHolder {
  current(): Settings;
  /** Reads them anew. Good ones are in force at once; with any fault all stays as it was. Calls one after the other. */
  reload(): Promise<'taken' | Fault[]>;
}

/**
 * @param deps.load  reads environment and files from the start
 * @throws ConfigurationFault when there is nothing good to begin with
 */
export async function openSettings({
  load,
  log,
}: {
  load: () => Promise<Result<Settings>>;
  log: Logger;
}): Promise<SettingsHolder> {
  let current = orThrow(await load());
  let turn: Promise<unknown> = Promise.resolve();

  async function takeAnew(): Promise<'taken' | Fault[]> {
    const result = await load().catch((error): Result<Settings> => {
      if (error instanceof ConfigurationFault) return { ok: false, faults: error.faults };
      throw error;
    });
    if (!result.ok) {
      log.warn({ faults: result.faults }, 'settings.refused');
      return result.faults;
    }
    current = result.value;
    log.info(
      { routes: current.routes.length, teams: current.teams.length, catalogue: current.catalogue.length },
      'settings.taken',
    );
    return 'taken';
  }

  return {
    current: () => current,
    reload: () => {
      const mine = turn.then(takeAnew);
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
