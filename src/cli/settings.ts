import { type Config, readEnvironment } from '../config';
import type { Settings } from '../domain/settings';
import { orThrow } from '../lib/configuration-fault';
import { kinds } from '../orchestrators/registry';
import { loadSettings } from '../settings/load';
import type { Io } from './io';

/**
 * What most commands begin with.
 *
 * @throws ConfigurationFault
 */
export async function readConfiguration({ env }: Io): Promise<{ config: Config; settings: Settings }> {
  const config = orThrow(readEnvironment(env));
  return { config, settings: orThrow(await loadSettings({ config, env, kinds })) };
}
