import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { Config, Environment } from '../config';
import { type OrchestratorEntry, type Settings, SettingsFile } from '../domain/settings';
import type { Fault, Result } from '../lib/configuration-fault';
import { readCatalogue } from './catalogue';
import { faultsOf, nearest } from './faults-of';
import { fillIn } from './secrets';
import { parseYaml, readYaml, type YamlFile } from './yaml-file';

/** What is known of a kind of orchestrator; the registry has it. */
export interface KnownKind {
  id: string;
  /** Checks the keys of one entry of `orchestrators` besides `name`, `kind` and `actAs`. */
  check(keys: unknown): z.ZodSafeParseResult<unknown>;
  /** For the nearest name of an unknown key. */
  settings?: z.ZodType;
}

export interface SettingsSource {
  config: Pick<Config, 'settingsFile' | 'defaultChannel' | 'ingestToken'>;
  /** Where `${NAME}` is looked up. */
  env: Environment;
  kinds: readonly KnownKind[];
}

/** Reads pitcrew.yaml and the files of its catalogue. Without a file: the defaults with what the environment says. */
export async function loadSettings({ config, env, kinds }: SettingsSource): Promise<Result<Settings>> {
  const { path, isNamed } = config.settingsFile;
  const read = (await readYaml(path)) ?? (isNamed ? noFile(path) : parseYaml(path, ''));
  if (!read.ok) return read;
  const file = read.value;

  const filled = fillIn(file.value ?? {}, env, file.placeOf);
  const value = withEnvironment(filled.value, config);
  const parsed = SettingsFile.safeParse(value);
  const issues = parsed.error?.issues ?? [];
  const checked = checkOrchestrators(value, kinds, file);
  const faults = firstAtEachPlace(
    filled.faults,
    faultsOf(issues, { file: besides(file, config), value, schema: SettingsFile }),
    checked.faults,
  );
  if (!parsed.success) return { ok: false, faults };

  const { catalogue: patterns, orchestrators, support, adoption, ...others } = parsed.data;
  const catalogue = await readCatalogue(patterns, {
    folder: dirname(path),
    env,
    known: { teams: others.teams.map(({ name }) => name), orchestrators: orchestrators.map(({ name }) => name) },
  });
  if (!catalogue.ok) faults.push(...catalogue.faults);
  if (!catalogue.ok || faults.length > 0) return { ok: false, faults };

  const entries = orchestrators.map(({ name, kind, url, headers, poll, actAs }, index): OrchestratorEntry => {
    return { name, kind, url, headers, poll, actAs, settings: checked.settings[index] };
  });
  const counters = adoption.counters === undefined ? {} : { counters: resolve(dirname(path), adoption.counters) };
  const runbooks = support.runbooks === undefined ? {} : { runbooks: resolve(dirname(path), support.runbooks) };
  return {
    ok: true,
    value: {
      ...others,
      support: { ...support, ...runbooks },
      adoption: { ...adoption, ...counters },
      orchestrators: entries,
      catalogue: catalogue.value,
    },
  };
}

function noFile(path: string): Result<YamlFile> {
  return { ok: false, faults: [{ where: 'PITCREW_CONFIG', say: `names a file that is not there: ${path}` }] };
}

/** The file wins where both say the channel; PITCREW_INGEST_TOKEN is one more source. */
function withEnvironment(value: unknown, { defaultChannel, ingestToken }: SettingsSource['config']): unknown {
  if (!isGroup(value)) return value;
  const ingest = value.ingest ?? {};
  const sources = isGroup(ingest) ? (ingest.sources ?? []) : undefined;
  return {
    ...(defaultChannel !== undefined && { defaultChannel }),
    ...value,
    ...(ingestToken !== undefined &&
      isGroup(ingest) &&
      Array.isArray(sources) && {
        ingest: { ...ingest, sources: [...sources, { name: 'default', token: ingestToken }] },
      }),
  };
}

/** Blames the variable, not the file, for what came from it. */
function besides(file: YamlFile, { defaultChannel, ingestToken }: SettingsSource['config']): YamlFile {
  const fromFile: unknown = file.value;
  const hasChannel = isGroup(fromFile) && fromFile.defaultChannel !== undefined;
  const sources = isGroup(fromFile) && isGroup(fromFile.ingest) ? fromFile.ingest.sources : [];
  const count = Array.isArray(sources) ? sources.length : 0;
  return {
    ...file,
    placeOf: (path) => {
      if (path[0] === 'defaultChannel' && !hasChannel && defaultChannel !== undefined) return 'PITCREW_DEFAULT_CHANNEL';
      const isOurs = path[0] === 'ingest' && path[1] === 'sources' && path[2] === count && ingestToken !== undefined;
      return isOurs ? 'PITCREW_INGEST_TOKEN' : file.placeOf(path);
    },
  };
}

/** Each entry by the schema of its kind. What all kinds share was checked before. */
function checkOrchestrators(
  value: unknown,
  kinds: readonly KnownKind[],
  file: YamlFile,
): { settings: unknown[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const entries = isGroup(value) && Array.isArray(value.orchestrators) ? value.orchestrators : [];
  const settings = entries.map((entry: unknown, index): unknown => {
    if (!isGroup(entry) || typeof entry.kind !== 'string') return undefined;
    const { name: _name, kind: id, actAs: _actAs, ...keys } = entry;
    const kind = kinds.find((known) => known.id === id);
    if (!kind) {
      const near = nearest(
        entry.kind,
        kinds.map((known) => known.id),
      );
      const known = near ? `did you mean \`${near}\`?` : `known: ${kinds.map((other) => other.id).join(', ')}`;
      faults.push({
        where: file.placeOf(['orchestrators', index, 'kind']),
        say: `unknown kind \`${entry.kind}\`, ${known}`,
      });
      return undefined;
    }
    const outcome = kind.check(keys);
    const path = ['orchestrators', index];
    faults.push(...faultsOf(outcome.error?.issues ?? [], { file, value: keys, schema: kind.settings, path }));
    return outcome.data;
  });
  return { settings, faults };
}

/** What a later check finds where an earlier one found something is the same thing, or follows from it. */
function firstAtEachPlace(...checks: Fault[][]): Fault[] {
  return checks.flatMap((check, index) => {
    const before = new Set(checks.slice(0, index).flatMap((earlier) => earlier.map(({ where }) => where)));
    return check.filter(({ where }) => !before.has(where));
  });
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
