import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from './database';
import { buildMaestro, commitOf, maestroBuilt } from './maestro-build';
import type { LiveProduct } from './product';
import { createServers, freePort, seconds } from './servers';

const source = process.env.MAESTRO_SOURCE;
/** It has no releases: the commit that was built. */
const version = source ? commitOf(source).slice(0, 8) : 'of no commit';
const startsWithinMs = 300_000;
const heartbeatMayBeLateMs = 1_800_000;

/**
 * Built from a clone that `MAESTRO_SOURCE` names, on the PostgreSQL that Pitcrew brings along (its overview needs 16 or newer). Its steps
 * call jobs on this machine over HTTP, and what it publishes goes to the tests in place of Amazon's service.
 */
export const maestro: LiveProduct = {
  name: 'maestro',
  title: `Maestro ${version}`,
  kind: 'maestro',
  version,
  tests: 'live/maestro/*.live.ts',

  async install(folder, say) {
    buildMaestro(folder, source, say);
  },

  async start(folder, say) {
    const { java, classpath } = maestroBuilt(folder);
    const home = join(folder, 'maestro-run');
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    const [port, sinkPort, worksPort] = [await freePort(), await freePort(), await freePort()];
    const url = `http://127.0.0.1:${port}`;
    const began = Date.now();
    const database = await openDatabase();
    const servers = createServers(home, { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' });
    const stop = async () => {
      await servers.stop();
      await database.close();
    };
    try {
      const settings = settingsOf({ port, sinkPort, url, databaseUrl: database.url });
      const words = ['-Xmx700m', '-XX:TieredStopAtLevel=1', '-cp', classpath, 'com.netflix.maestro.server.MaestroApp'];
      servers.start('server', java, [...words, ...settings.map((setting) => `--${setting}`)]);
      await servers.untilUp(async () => (await fetch(`${url}/actuator/health`)).ok, startsWithinMs);
    } catch (error) {
      await stop();
      throw error;
    }
    say(`it is up after ${seconds(began)} s`);
    return { about: { name: 'maestro', url, sinkPort, worksPort }, stop };
  },
};

function settingsOf(given: { port: number; sinkPort: number; url: string; databaseUrl: string }): string[] {
  const { host, pathname, username, password } = new URL(given.databaseUrl);
  return [
    `server.port=${given.port}`,
    'server.address=127.0.0.1',
    `engine.configs.flow-engine-address=${given.url}`,
    `engine.configs.jdbc-url=jdbc:postgresql://${host}${pathname}?user=${username}&password=${password}`,
    `engine.configs.jdbc-username=${decodeURIComponent(username)}`,
    // It ends itself where a heartbeat of its own is that late, as on a busy machine.
    `engine.configs.expiration-duration-millis=${heartbeatMayBeLateMs}`,
    'maestro.redis.enabled=false',
    'maestro.notifier.type=sns',
    'aws.sns-topic=arn:aws:sns:us-east-1:000000000000:maestro',
    'spring.autoconfigure.exclude=io.awspring.cloud.autoconfigure.sqs.SqsAutoConfiguration',
    `spring.cloud.aws.endpoint=http://127.0.0.1:${given.sinkPort}`,
    'spring.cloud.aws.region.static=us-east-1',
    'spring.cloud.aws.credentials.access-key=none',
    'spring.cloud.aws.credentials.secret-key=none',
    'triggers.time-trigger.type=noop',
    'triggers.signal-trigger.type=noop',
    'stepruntime.http.allow-list[0]=127.0.0.1',
    'stepruntime.callback-delay-config.fixed-callback-delay-in-secs.RUNNING.default=1',
  ];
}
