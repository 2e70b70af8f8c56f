import type { Clock } from '../../lib/clock';
import { dagOf } from './dag';
import { badRequest, notFound, Refusal } from './refusal';
import type { CreateBody, JsonObject, Properties, PropertiesUpdate, RunStrategy, Tag, Workflow } from './wire';
import { present } from './wire';

export interface Version {
  id: number;
  workflow: Workflow;
  metadata: JsonObject;
  createdAt: number;
  activatedAt?: number;
  activatedBy?: string;
  triggerUuids: { time: string; signal: string[] };
}

export type Snapshot = Omit<Properties, 'tags'> & { createTime: number; author: string; tags: Tag[] };

export interface WorkflowRecord {
  id: string;
  internalId: number;
  versions: Version[];
  /** 0: none. */
  activeVersionId: number;
  snapshot: Snapshot;
  changes: { author: string; log: string; timestamp: number }[];
  modifiedAt: number;
}

export interface CatalogueDeps {
  clock: Clock;
  newUuid(): string;
  publish(event: JsonObject): void;
}

/** As its events name it. */
export const nameOf = ({ workflow }: Version): string => workflow.name ?? workflow.id;

export const strategyOf = (record: WorkflowRecord): RunStrategy =>
  record.snapshot.run_strategy ?? { rule: 'SEQUENTIAL', workflow_concurrency: 1 };

/** Workflows with their versions, properties and change history. */
export function createCatalogue({ clock, newUuid, publish }: CatalogueDeps) {
  const records = new Map<string, WorkflowRecord>();
  let lastInternalId = 10_000;

  const getOr = (id: string, missing: string): WorkflowRecord => {
    const record = records.get(id);
    if (!record) throw notFound(missing);
    return record;
  };
  const get = (id: string) => getOr(id, `Cannot find workflow [${id}]`);
  const latestOf = (record: WorkflowRecord): Version => {
    const latest = record.versions.at(-1);
    if (!latest) throw notFound(`Cannot find workflow [${record.id}]`);
    return latest;
  };
  const versionOf = (record: WorkflowRecord, text: string): Version => {
    const numberOf = (): number => {
      if (text === 'latest') return latestOf(record).id;
      if (text === 'active') return record.activeVersionId;
      if (text === 'default') return record.activeVersionId || latestOf(record).id;
      if (/^\d+$/.test(text)) return Number(text);
      throw badRequest(`Invalid workflow version [${text}] for workflow [${record.id}]`, [
        `Invalid workflow version: ${text}`,
      ]);
    };
    const wanted = numberOf();
    const version = record.versions.find((candidate) => candidate.id === wanted);
    if (!wanted) throw notFound(`Cannot find an active version for workflow [${record.id}]`);
    if (!version) throw notFound(`Cannot find workflow [${record.id}] with version [${wanted}]`);
    return version;
  };
  const note = (record: WorkflowRecord, author: string, log: string, at: number) => {
    record.changes.unshift({ author, log, timestamp: at });
    record.changes.length = Math.min(record.changes.length, 300);
    record.modifiedAt = at;
  };
  const change = (record: WorkflowRecord, author: string, type: string, at: number, more: JsonObject) =>
    publish({ workflow_id: record.id, author, ...more, event_time: at, type });

  return {
    ids: () => [...records.keys()],
    all: () => [...records.values()],
    find: (id: string) => records.get(id),
    get,
    /** Each thing that is asked of a workflow has words of its own for one that is not there. */
    getForOverview: (id: string) =>
      getOr(id, `Cannot find workflow [${id}], which is either not created or has been deleted.`),
    getForVersion: (id: string) => getOr(id, `Workflow [${id}] has not been created yet or has been deleted.`),
    latestOf,
    versionOf,

    /** Throws a 400 when it would be refused. */
    validate(body: CreateBody): void {
      dagOf(body.workflow);
    },

    /** A new version, even for identical content; creates the workflow on the first push. */
    push(body: CreateBody, author: string, at = clock.now().getTime()): { record: WorkflowRecord; version: Version } {
      dagOf(body.workflow);
      const { properties, workflow, is_active, git_info, ...extra } = body;
      const known = records.get(workflow.id);
      if (!known && properties?.owner === undefined) {
        throw badRequest(
          `workflow properties and also owner must be set when creating the first version of a workflow [${workflow.id}]`,
        );
      }
      const { tags: _always, ...given } = properties ?? {};
      const record: WorkflowRecord = known ?? {
        id: workflow.id,
        internalId: ++lastInternalId,
        versions: [],
        activeVersionId: 0,
        snapshot: { createTime: at, author, tags: [] },
        changes: [],
        modifiedAt: at,
      };
      records.set(workflow.id, record);
      if (properties) {
        const { run_strategy: _strategy, step_concurrency: _steps, alerting: _alerting, ...kept } = record.snapshot;
        record.snapshot = { ...kept, ...given, createTime: at, author };
      }
      const id = (record.versions.at(-1)?.id ?? 0) + 1;
      const version: Version = {
        id,
        workflow,
        metadata: present({
          ...extra,
          workflow_id: workflow.id,
          workflow_version_id: id,
          create_time: at,
          version_author: author,
          git_info,
        }),
        createdAt: at,
        triggerUuids: { time: newUuid(), signal: (workflow.signal_triggers ?? []).map(newUuid) },
      };
      record.versions.push(version);
      const previous = record.activeVersionId;
      if (is_active ?? true) {
        record.activeVersionId = id;
        version.activatedAt = at;
        version.activatedBy = author;
      }
      note(record, author, `Created a new workflow version [${id}] for workflow id [${record.id}]`, at);
      change(record, author, properties ? 'WORKFLOW_DEFINITION_CHANGE_EVENT' : 'WORKFLOW_VERSION_CHANGE_EVENT', at, {
        workflow_name: nameOf(version),
        version_id: id,
        current_active_version_id: record.activeVersionId,
        previous_active_version_id: previous,
        ...(properties ? { snapshot_id: at } : {}),
      });
      return { record, version };
    },

    /** Idempotent: repeating it says so in the log. */
    activate(id: string, text: string, author: string): { versionId: number; log: string } {
      const record = get(id);
      const version = versionOf(record, text);
      const at = clock.now().getTime();
      const previous = record.activeVersionId;
      if (previous === version.id) {
        const log = `Caller [${author}] do nothing as workflow version [${id}][${version.id}] is already active`;
        note(record, author, log, at);
        return { versionId: version.id, log };
      }
      record.activeVersionId = version.id;
      version.activatedAt = at;
      version.activatedBy = author;
      const log = `Caller [${author}] activates workflow version [${id}][${version.id}], previous active version is [${previous}]`;
      note(record, author, log, at);
      change(record, author, 'WORKFLOW_ACTIVATION_CHANGE_EVENT', at, {
        current_active_version_id: version.id,
        previous_active_version_id: previous,
      });
      return { versionId: version.id, log };
    },

    deactivate(id: string, author: string): string {
      const record = get(id);
      const at = clock.now().getTime();
      const previous = record.activeVersionId;
      if (previous === 0) {
        const log = `Caller [${author}] do nothing as there is no active workflow version for [${id}]`;
        note(record, author, log, at);
        return log;
      }
      record.activeVersionId = 0;
      const log = `Caller [${author}] deactivated workflow [${id}], whose last active version is [${previous}]`;
      note(record, author, log, at);
      change(record, author, 'WORKFLOW_DEACTIVATION_CHANGE_EVENT', at, { previous_active_version_id: previous });
      return log;
    },

    /** A partial update. `live` and `failed` count this workflow's instances, for the change of a run strategy. */
    updateProperties(id: string, update: PropertiesUpdate, author: string, live: number, failed: number): void {
      const record = get(id);
      const at = clock.now().getTime();
      const { reset_run_strategy_rule, reset_workflow_concurrency, reset_step_concurrency, ...given } = update;
      const rule = reset_run_strategy_rule ? 'SEQUENTIAL' : given.run_strategy?.rule;
      if (rule && rule !== strategyOf(record).rule) {
        if ((rule === 'FIRST_ONLY' || rule === 'LAST_ONLY') && live > 1) {
          throw new Refusal(
            'PRECONDITION_FAILED',
            `Cannot update run strategy to [${rule}] for workflow [${id}] because there are [${live}] nonterminal workflow instances`,
          );
        }
        if (rule === 'STRICT_SEQUENTIAL' && failed > 0) {
          throw new Refusal(
            'PRECONDITION_FAILED',
            `Cannot update run strategy to [${rule}] for workflow [${id}] because there are [${failed}] failed workflow instances`,
          );
        }
      }
      const { run_strategy: strategy, step_concurrency: steps, ...kept } = record.snapshot;
      record.snapshot = {
        ...kept,
        ...(strategy && !reset_run_strategy_rule && !reset_workflow_concurrency ? { run_strategy: strategy } : {}),
        ...(steps !== undefined && !reset_step_concurrency ? { step_concurrency: steps } : {}),
        ...given,
        createTime: at,
        author,
      };
      note(record, author, `Updated the properties of workflow [${id}]: [${Object.keys(update).join(', ')}]`, at);
      change(record, author, 'WORKFLOW_PROPERTIES_CHANGE_EVENT', at, { snapshot_id: at });
    },

    setTag(id: string, tag: Tag, author: string): void {
      const record = get(id);
      const at = clock.now().getTime();
      const others = record.snapshot.tags.filter((known) => known.name !== tag.name);
      record.snapshot = { ...record.snapshot, tags: [...others, tag], createTime: at, author };
      note(record, author, `Added the tag [${tag.name}] to workflow [${id}]`, at);
      change(record, author, 'WORKFLOW_PROPERTIES_CHANGE_EVENT', at, { snapshot_id: at });
    },

    removeTag(id: string, name: string, author: string): void {
      const record = get(id);
      if (!record.snapshot.tags.some((tag) => tag.name === name)) {
        throw notFound(`Cannot find the tag [${name}] in the properties of workflow [${id}]`);
      }
      const at = clock.now().getTime();
      const tags = record.snapshot.tags.filter((tag) => tag.name !== name);
      record.snapshot = { ...record.snapshot, tags, createTime: at, author };
      note(record, author, `Removed the tag [${name}] from workflow [${id}]`, at);
      change(record, author, 'WORKFLOW_PROPERTIES_CHANGE_EVENT', at, { snapshot_id: at });
    },

    remove(id: string, author: string): string {
      const record = get(id);
      const at = clock.now().getTime();
      records.delete(id);
      change(record, author, 'WORKFLOW_DELETION_CHANGE_EVENT', at, { internal_id: record.internalId });
      return `Deleting workflow [${id}] (internal id [${record.internalId}]) by user [${author}]`;
    },
  };
}

export type Catalogue = ReturnType<typeof createCatalogue>;
