import { readEnvironment } from '../src/config';

const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };

describe('readEnvironment', () => {
  it('has a default for everything', () => {
    expect(readEnvironment({})).toEqual({
      ok: true,
      value: {
        port: 3000,
        settingsFile: { path: 'pitcrew.yaml', isNamed: false },
        dataDir: '.pitcrew/',
        role: 'all',
        logLevel: 'info',
        proxy: {},
      },
    });
  });

  it('takes blank for unset', () => {
    const names = [
      'SLACK_BOT_TOKEN',
      'PORT',
      'DATABASE_URL',
      'PITCREW_CONFIG',
      'PITCREW_ROLE',
      'LOG_LEVEL',
      'https_proxy',
    ];
    expect(readEnvironment(Object.fromEntries(names.map((name) => [name, '  '])))).toEqual(readEnvironment({}));
  });

  it.each([
    { title: 'Socket Mode when there is an app token', env: { ...slack, SLACK_SIGNING_SECRET: 's' }, mode: 'socket' },
    { title: 'signed HTTP without one', env: { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' }, mode: 'http' },
    { title: 'nothing without a way in', env: { SLACK_BOT_TOKEN: 'xoxb-1' }, mode: undefined },
  ])('speaks $title', ({ env, mode }) => {
    const read = readEnvironment(env);
    expect(read.ok && read.value.slack?.mode).toBe(mode);
  });

  it('reads all of it', () => {
    const read = readEnvironment({
      ...slack,
      SLACK_API_URL: 'http://127.0.0.1:9000/api',
      PORT: '0',
      DATABASE_URL: 'postgres://u:p@db/pitcrew',
      REDIS_URL: 'rediss://cache:6379',
      PITCREW_CONFIG: '/etc/pitcrew.yaml',
      PITCREW_DATA_DIR: '/var/lib/pitcrew',
      PITCREW_ROLE: 'worker',
      PITCREW_INGEST_TOKEN: 'token',
      PITCREW_DEFAULT_CHANNEL: '#alerts',
      LOG_LEVEL: 'DEBUG',
      HTTP_PROXY: 'http://upper:1',
      http_proxy: 'http://lower:1',
      HTTPS_PROXY: 'proxy:2',
      no_proxy: 'localhost,.internal',
      SSL_CERT_FILE: '/etc/ca.pem',
    });
    expect(read).toEqual({
      ok: true,
      value: {
        slack: { mode: 'socket', botToken: 'xoxb-1', appToken: 'xapp-1', signingSecret: undefined },
        slackApiUrl: 'http://127.0.0.1:9000/api/',
        port: 0,
        databaseUrl: 'postgres://u:p@db/pitcrew',
        redisUrl: 'rediss://cache:6379',
        settingsFile: { path: '/etc/pitcrew.yaml', isNamed: true },
        dataDir: '/var/lib/pitcrew',
        role: 'worker',
        ingestToken: 'token',
        defaultChannel: '#alerts',
        logLevel: 'debug',
        proxy: { http: 'http://lower:1', https: 'http://proxy:2', except: 'localhost,.internal' },
        caFile: '/etc/ca.pem',
      },
    });
  });

  it.each([
    { env: { SLACK_BOT_TOKEN: 'secret-1' }, where: 'SLACK_BOT_TOKEN' },
    { env: { SLACK_APP_TOKEN: 'secret-1' }, where: 'SLACK_APP_TOKEN' },
    { env: { SLACK_API_URL: 'secret-1' }, where: 'SLACK_API_URL' },
    { env: { PORT: 'secret-1' }, where: 'PORT' },
    { env: { PORT: '65536' }, where: 'PORT' },
    { env: { PORT: '-1' }, where: 'PORT' },
    { env: { DATABASE_URL: 'mysql://u:secret-1@db/x' }, where: 'DATABASE_URL' },
    { env: { REDIS_URL: 'http://:secret-1@x' }, where: 'REDIS_URL' },
    { env: { PITCREW_ROLE: 'secret-1' }, where: 'PITCREW_ROLE' },
    { env: { LOG_LEVEL: 'secret-1' }, where: 'LOG_LEVEL' },
    { env: { HTTPS_PROXY: 'socks5://secret-1' }, where: 'HTTPS_PROXY' },
    { env: { PITCREW_ROLE: 'web' }, where: 'DATABASE_URL' },
  ])('refuses $env by the name of $where and without its value', ({ env, where }) => {
    const read = readEnvironment(env);
    expect(read.ok ? [] : read.faults.map((fault) => fault.where)).toEqual([where]);
    expect(JSON.stringify(read)).not.toContain('secret-1');
  });

  it('tells all faults at once', () => {
    const read = readEnvironment({ PORT: 'x', DATABASE_URL: 'x', SLACK_BOT_TOKEN: 'x' }, { slack: true });
    expect(read.ok ? [] : read.faults.map((fault) => fault.where)).toEqual([
      'SLACK_BOT_TOKEN',
      'PORT',
      'DATABASE_URL',
      'SLACK_APP_TOKEN',
    ]);
  });

  it.each([
    { env: {}, missing: ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'] },
    { env: { SLACK_BOT_TOKEN: 'xoxb-1' }, missing: ['SLACK_APP_TOKEN'] },
    { env: { SLACK_SIGNING_SECRET: 's' }, missing: ['SLACK_BOT_TOKEN'] },
    { env: slack, missing: [] },
  ])('misses $missing of Slack where Slack is needed', ({ env, missing }) => {
    const read = readEnvironment(env, { slack: true });
    expect(read.ok ? [] : read.faults.map((fault) => fault.where)).toEqual(missing);
  });

  it.each([
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318' }, to: 'http://otel:4318/v1/traces' },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318/' }, to: 'http://otel:4318/v1/traces' },
    { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://otel/of-traces' }, to: 'https://otel/of-traces' },
  ])('sends traces to $to for $env', ({ env, to }) => {
    const read = readEnvironment(env);
    expect(read.ok && read.value.tracesUrl).toBe(to);
  });
});
