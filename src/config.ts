/** The environment, read once: flat variables in, one typed object out. */
import { z } from 'zod';
import type { Fault, Result } from './lib/configuration-fault';

export type Environment = Record<string, string | undefined>;

export const roles = ['web', 'worker', 'all'] as const;
export type Role = (typeof roles)[number];

/** How Slack is reached: it calls us with signed requests, or we hold a connection to it. */
export type SlackCredentials =
  | { mode: 'socket'; botToken: string; appToken: string; signingSecret?: string }
  | { mode: 'http'; botToken: string; signingSecret: string };

export interface Config {
  /** Undefined where they are not needed and not complete. */
  slack?: SlackCredentials;
  /** Base of the Web API, with a slash at its end. Left out = Slack's own. */
  slackApiUrl?: string;
  /** 0 = any free one. */
  port: number;
  /** Left out = the embedded PostgreSQL in `dataDir`. */
  databaseUrl?: string;
  /** Left out = the queue lives in PostgreSQL. */
  redisUrl?: string;
  /** Of pitcrew.yaml. `isNamed`: PITCREW_CONFIG names it, so it must be there. */
  settingsFile: { path: string; isNamed: boolean };
  dataDir: string;
  role: Role;
  ingestToken?: string;
  defaultChannel?: string;
  logLevel: (typeof logLevels)[number];
  proxy: Proxy;
  /** A file of certificates to trust besides the usual ones. (Node itself reads NODE_EXTRA_CA_CERTS.) */
  caFile?: string;
  /** Where traces go (OTLP over HTTP). Left out = nowhere. */
  tracesUrl?: string;
}

export interface Proxy {
  http?: string;
  https?: string;
  /** As written: names and domains, separated by commas. */
  except?: string;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const address = (schemes: string[]) =>
  z.string().refine(
    (value) => {
      const scheme = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : undefined;
      return scheme !== undefined && schemes.includes(scheme);
    },
    `must be an address that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  );

/** Often written without a scheme. */
const proxyAddress = z
  .string()
  .transform((value) => (value.includes('://') ? value : `http://${value}`))
  .pipe(address(['http', 'https']));

const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });

const Variables = z.object({
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', 'must be a bot token, which starts with xoxb-').optional(),
  SLACK_SIGNING_SECRET: z.string().optional(),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-', 'must be an app-level token, which starts with xapp-').optional(),
  SLACK_API_URL: address(['http', 'https']).optional(),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port, 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a port, 0 to 65535')
    .default(3000),
  DATABASE_URL: address(['postgres', 'postgresql']).optional(),
  REDIS_URL: address(['redis', 'rediss']).optional(),
  PITCREW_CONFIG: z.string().optional(),
  PITCREW_DATA_DIR: z.string().default('.pitcrew/'),
  PITCREW_ROLE: oneOf(roles).default('all'),
  PITCREW_INGEST_TOKEN: z.string().optional(),
  PITCREW_DEFAULT_CHANNEL: z.string().optional(),
  LOG_LEVEL: z.string().toLowerCase().pipe(oneOf(logLevels)).default('info'),
  HTTP_PROXY: proxyAddress.optional(),
  HTTPS_PROXY: proxyAddress.optional(),
  NO_PROXY: z.string().optional(),
  SSL_CERT_FILE: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: address(['http', 'https']).optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address(['http', 'https']).optional(),
});

/** What may be set; names only. */
export const variableNames: readonly string[] = Object.keys(Variables.shape);

/**
 * Reads every variable; blank means unset. All faults come at once, by name and reason, never by value.
 *
 * @param needs.slack  true where nothing works without Slack: then its credentials must be complete.
 */
export function readEnvironment(env: Environment, needs: { slack: boolean } = { slack: false }): Result<Config> {
  const given = withoutBlanks(env);
  const parsed = Variables.safeParse(given);
  const faults: Fault[] = [...(needs.slack ? missingOfSlack(given) : []), ...contradictions(given)];
  if (!parsed.success) {
    faults.unshift(...parsed.error.issues.map(({ path, message }) => ({ where: path.join('.'), say: message })));
  }
  if (!parsed.success || faults.length > 0) return { ok: false, faults };

  const variables = parsed.data;
  return {
    ok: true,
    value: {
      slack: slackCredentials(variables),
      slackApiUrl: variables.SLACK_API_URL?.replace(/\/*$/, '/'),
      port: variables.PORT,
      databaseUrl: variables.DATABASE_URL,
      redisUrl: variables.REDIS_URL,
      settingsFile: {
        path: variables.PITCREW_CONFIG ?? 'pitcrew.yaml',
        isNamed: variables.PITCREW_CONFIG !== undefined,
      },
      dataDir: variables.PITCREW_DATA_DIR,
      role: variables.PITCREW_ROLE,
      ingestToken: variables.PITCREW_INGEST_TOKEN,
      defaultChannel: variables.PITCREW_DEFAULT_CHANNEL,
      logLevel: variables.LOG_LEVEL,
      proxy: { http: variables.HTTP_PROXY, https: variables.HTTPS_PROXY, except: variables.NO_PROXY },
      caFile: variables.SSL_CERT_FILE,
      tracesUrl: tracesUrl(variables),
    },
  };
}

/** Trimmed, blank ones left out; the proxy variables also in lower case, which wins as it does elsewhere. */
function withoutBlanks(env: Environment): Environment {
  const given: Environment = {};
  for (const name of variableNames) {
    const usual = env[name]?.trim();
    const lower = name.endsWith('_PROXY') ? env[name.toLowerCase()]?.trim() : undefined;
    given[name] = lower || usual || undefined;
  }
  return given;
}

function missingOfSlack(given: Environment): Fault[] {
  const faults: Fault[] = [];
  if (!given.SLACK_BOT_TOKEN)
    faults.push({ where: 'SLACK_BOT_TOKEN', say: 'is missing: the bot token of the Slack app' });
  if (!given.SLACK_APP_TOKEN && !given.SLACK_SIGNING_SECRET) {
    faults.push({
      where: 'SLACK_APP_TOKEN',
      say: 'is missing: an app-level token for Socket Mode; or set SLACK_SIGNING_SECRET to be called over HTTP',
    });
  }
  return faults;
}

function contradictions(given: Environment): Fault[] {
  const apart = given.PITCREW_ROLE === 'web' || given.PITCREW_ROLE === 'worker';
  if (!apart || given.DATABASE_URL) return [];
  return [
    {
      where: 'DATABASE_URL',
      say: 'is missing: PITCREW_ROLE separates web and worker, and both need the same database',
    },
  ];
}

/** As OpenTelemetry has it: the one for traces is taken as it is, the one for everything is where `v1/traces` is. */
function tracesUrl(variables: z.output<typeof Variables>): string | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = variables;
  return own ?? all?.replace(/\/*$/, '/v1/traces');
}

function slackCredentials(variables: z.output<typeof Variables>): SlackCredentials | undefined {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = variables;
  if (!botToken) return undefined;
  if (appToken) return { mode: 'socket', botToken, appToken, signingSecret };
  return signingSecret ? { mode: 'http', botToken, signingSecret } : undefined;
}
