// Questions about pipelines: which are here, how are they, what does the log say, what waits downstream. Reads only.
// In: who asks and where, or a pipeline's name. Out: facts for `src/slack` to show. Never waits for an orchestrator except for a log.

import { type Abilities, missingOf, whyNot } from '../domain/ability';
import type { Actor } from '../domain/actor';
import { type Catalogue, layOutCatalogue } from '../domain/catalogue';
import { type Downstream, type DownstreamNode, waitingNodes, walkDownstream } from '../domain/downstream';
import { type Edge, pipelineNode, refOfNode } from '../domain/edge';
import { Failure, sayFailure } from '../domain/failure';
import { type ImpactAnswer, ownersOf } from '../domain/impact';
import { isMine } from '../domain/ownership';
import { labelOf, mergeFacts, nameOf, type Pipeline, type PipelineRef } from '../domain/pipeline';
import type { LastRun, PipelineStatus, StatusAnswer } from '../domain/pipeline-status';
import { quantile } from '../domain/quantile';
import type { RunRef, Step } from '../domain/run';
import { type DiagnosisSettings, routeFor, type Settings, teamOf } from '../domain/settings';
import { fitsFilter } from '../domain/subscription';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import { onceFor } from '../lib/once-for';
import { createRedactor, type Redactor } from '../lib/redact';
import type { Orchestrator } from '../orchestrators/orchestrator';
import type { Db } from '../store/db';
import { directlyAbove } from '../store/edge-rows';
import { findPipeline, hasFeeds, listPipelines, rememberDiscovered } from '../store/pipeline-facts';
import { edgesBelow, findLastRuns, findNewestStates, findOpenIncidents, findRun } from '../store/pipeline-reads';
import { inForce } from '../store/subscription-rows';
import { type LogTail, readTail } from './log-tail';
import { matchName, type NameMatch } from './name-match';
import { byTrouble } from './order';

export type { LogTail } from './log-tail';

/** How many pipelines one answer shows; `more` counts the others. */
const listed = 40;
const runsInList = 5;
const runsOfOne = 10;
/** Runs from which success and usual duration are read. */
const runsJudged = 30;
const logTimeoutMs = 10_000;
/** Of what feeds a pipeline. */
const upstreamLooked = 20;

export interface PipelinesDeps {
  db: Db;
  settings(): Settings;
  orchestrator(connection: string): Orchestrator | undefined;
  abilitiesOf(connection: string): Abilities;
  /** The name of a channel without `#`; Slack itself calls every private channel `privategroup`, so its word is not enough. */
  channelName(channelId: string): Promise<string | undefined>;
  /** What people call an owner: never an address. */
  ownerName(owner: string): Promise<string>;
  /** The address of a message in Slack, where that is known. */
  messageUrl?(channelId: string, ts: string): string | undefined;
  clock: Clock;
  log: Logger;
  /** Most that reading a log may take. @default 10,000 */
  logTimeoutMs?: number;
}

export type LogAnswer =
  | (LogTail & { step?: string; url?: string })
  /** A sentence for the person: why there is no log to show. `url`: where they may look themselves. */
  | { missing: string; step?: string; url?: string };

export type Pipelines = ReturnType<typeof createPipelines>;

export function createPipelines(deps: PipelinesDeps) {
  const { db, settings, clock, log } = deps;
  const catalogueOf = onceFor((of: Settings): Catalogue => layOutCatalogue(of));
  const redactorOf = onceFor((rules: DiagnosisSettings['redact']): Redactor => createRedactor(rules));

  /** Every pipeline that we know by name, with its merged facts: seen ones, and those that only the catalogue names. */
  async function known(): Promise<Pipeline[]> {
    const catalogue = catalogueOf(settings());
    const seen = await listPipelines(db);
    const merged = seen.map((pipeline) => ({
      ...pipeline,
      facts: mergeFacts(catalogue.factsOf(pipeline), pipeline.facts),
    }));
    return [...merged, ...catalogue.unseen(seen)];
  }

  let lately:
    | {
        of: Settings;
        until: number;
        pipelines?: Promise<Pipeline[]>;
        byNode?: Promise<Map<string, Pipeline>>;
        feeds?: Promise<Feeds>;
      }
    | undefined;

  /** As of half a minute ago at most: names for a message, of which a storm sends many. */
  function lookLately(): NonNullable<typeof lately> {
    const now = clock.now().getTime();
    if (!lately || lately.of !== settings() || lately.until <= now) lately = { of: settings(), until: now + 30_000 };
    return lately;
  }

  /** What failed is asked for anew. */
  function unlessFailed<T>(asked: Promise<T>): Promise<T> {
    const mine = lately;
    asked.catch(() => {
      if (lately === mine) lately = undefined;
    });
    return asked;
  }

  function knownLately(): Promise<Pipeline[]> {
    const look = lookLately();
    look.pipelines ??= unlessFailed(known());
    return look.pipelines;
  }

  function byNodeLately(): Promise<Map<string, Pipeline>> {
    const look = lookLately();
    look.byNode ??= unlessFailed(
      knownLately().then((all) => new Map(all.map((pipeline) => [pipelineNode(pipeline), pipeline]))),
    );
    return look.byNode;
  }

  /** What the catalogue and the orchestrators say is fed by what. Not all pipelines are read where nobody says anything. */
  function feedsLately(): Promise<Feeds> {
    const look = lookLately();
    look.feeds ??= unlessFailed(
      (async () => {
        const isAny = settings().catalogue.some(({ feeds }) => feeds?.length) || (await hasFeeds(db));
        return isAny ? feedsOf(await knownLately()) : [];
      })(),
    );
    return look.feeds;
  }

  /** What hangs on these pipelines, with owners and deadlines: from the catalogue, and from what orchestrators and lineage events told. */
  async function downstream(refs: readonly PipelineRef[]): Promise<Downstream> {
    const below = await walk(refs);
    const nodes = below.nodes.map(async (node) => ({ ...node, owner: await ownerNamed(node.owner) }));
    return { ...below, nodes: await Promise.all(nodes) };
  }

  const ownerNamed = async (owner: string | undefined) => owner && deps.ownerName(owner);

  async function walk(refs: readonly PipelineRef[]): Promise<Downstream> {
    const roots = refs.map(pipelineNode);
    const edges = await edgesBelow(db, roots, await feedsLately(), clock.now());
    const byNode = edges.length > 0 ? await byNodeLately() : new Map<string, Pipeline>();
    return walkDownstream(roots, edges, (node) => {
      const pipeline = byNode.get(node);
      if (!pipeline) return nameNode(node);
      const { owner, tier, deadline, timeZone } = pipeline.facts;
      return {
        kind: 'pipeline',
        name: nameOf(pipeline),
        owner,
        team: teamOf(pipeline.facts, settings())?.name,
        tier,
        deadline: deadline && timeZone ? `${deadline} ${timeZone}` : deadline,
      };
    });
  }

  async function leadingTo(channel: { id: string; name: string }, pipelines: Pipeline[]): Promise<Pipeline[]> {
    const name = (await deps.channelName(channel.id)) ?? channel.name;
    const addresses = new Set([channel.id, `#${name}`]);
    const subscriptions = await inForce(db, channel.id);
    return pipelines.filter(
      (pipeline) =>
        addresses.has(routeFor(pipeline, settings()).channel) ||
        subscriptions.some(({ filter }) => fitsFilter(pipeline, filter, settings())),
    );
  }

  /** Troubled ones first, then by name, cut to what one answer shows. */
  async function foremost(pipelines: Pipeline[]): Promise<Pipeline[]> {
    const newest = await findNewestStates(db, pipelines);
    return pipelines
      .map((pipeline, index) => ({
        pipeline,
        name: nameOf(pipeline),
        state: newest[index]?.state ?? 'unknown',
        hasOpenIncident: newest[index]?.hasOpenIncident ?? false,
      }))
      .sort(byTrouble)
      .slice(0, listed)
      .map(({ pipeline }) => pipeline);
  }

  async function describe(pipelines: Pipeline[], runsShown: number): Promise<PipelineStatus[]> {
    const [runs, incidents] = await Promise.all([
      findLastRuns(db, pipelines, runsJudged),
      findOpenIncidents(db, pipelines, clock.now()),
    ]);
    const owners = await Promise.all(pipelines.map(({ facts }) => ownerNamed(facts.owner)));
    return pipelines.map((pipeline, index): PipelineStatus => {
      const lastRuns = runs[index] ?? [];
      const open = incidents[index];
      return {
        pipeline,
        name: labelOf(pipeline),
        state: lastRuns[0]?.status ?? 'unknown',
        lastRuns: lastRuns.slice(0, runsShown),
        owner: owners[index],
        team: teamOf(pipeline.facts, settings())?.name ?? pipeline.facts.team,
        openIncident: open && {
          incidentId: open.incidentId,
          state: open.state,
          since: open.since,
          causeLine: open.causeLine,
          permalink: open.message && deps.messageUrl?.(open.message.channelId, open.message.ts),
        },
        succeeded: successOf(lastRuns),
        usuallyTakesMs: usualDuration(lastRuns),
        missing: missingOf(deps.abilitiesOf(pipeline.connection)),
      };
    });
  }

  async function answer(scope: StatusAnswer['scope'], pipelines: Pipeline[], runsShown: number): Promise<StatusAnswer> {
    const shown = await foremost(pipelines);
    return {
      scope,
      pipelines: await describe(shown, runsShown),
      more: pipelines.length - shown.length,
      now: clock.now(),
    };
  }

  async function profile(ref: PipelineRef): Promise<Pipeline> {
    const stored = await findPipeline(db, ref);
    return {
      connection: ref.connection,
      key: ref.key,
      facts: mergeFacts(catalogueOf(settings()).factsOf(ref), stored?.facts),
    };
  }

  return {
    /** Without a name: what a route or a subscription leads to this channel; if nothing, mine; in a direct message, mine. */
    async status(question: {
      actor: Actor;
      channelId: string;
      channelName: string;
      isDirect: boolean;
    }): Promise<StatusAnswer> {
      const { actor, channelId, channelName, isDirect } = question;
      const pipelines = await known();
      const here = isDirect ? [] : await leadingTo({ id: channelId, name: channelName }, pipelines);
      if (here.length > 0) return answer('channel', here, runsInList);
      const mine = pipelines.filter(({ facts }) => isMine(actor, facts, settings()));
      return answer('mine', mine, runsInList);
    },

    /** By key, title or `connection/key`, or a part that only one has; else with names that may have been meant. */
    async find({ name }: { actor: Actor; name: string }): Promise<StatusAnswer> {
      const { found, didYouMean } = matchName(name, await known());
      const status = await answer('named', found, runsOfOne);
      return { ...status, asked: name.trim(), didYouMean: found.length === 0 ? didYouMean : undefined };
    },

    /** Every pipeline that is known by name, with its facts. */
    known,

    /** What is meant by a name, or names that may have been meant. */
    async lookUp(name: string): Promise<NameMatch> {
      return matchName(name, await known());
    },

    /** The last lines of a log; of the step that is named, else of the one that failed. Never throws what an orchestrator did. */
    async log(run: RunRef & { step?: string }): Promise<LogAnswer> {
      const { connection } = run.pipeline;
      const orchestrator = deps.orchestrator(connection);
      const stored = await findRun(db, run);
      const url = stored?.logUrl ?? stored?.url;
      if (!orchestrator?.openLog)
        return {
          missing: whyNot(deps.abilitiesOf(connection), 'openLog') ?? `${connection} has no logs that I can read.`,
          url,
        };

      const timeoutMs = deps.logTimeoutMs ?? logTimeoutMs;
      const timeout = AbortSignal.timeout(timeoutMs);
      const attempt = run.attempt ?? stored?.attempt;
      try {
        const step = run.step ?? stored?.step ?? (await before(timeout, failedStep(orchestrator, { ...run, attempt })));
        if (step === undefined)
          return { missing: 'I do not know which step of this run failed, so I have no log to show.', url };
        const stream = orchestrator.openLog({ pipeline: run.pipeline, run: run.run, attempt, step });
        const tail = await readTail(stream, { redactor: redactorOf(settings().diagnosis.redact), signal: timeout });
        if (!tail) return { missing: `I could not read this log to its end within ${timeoutMs / 1_000} s.`, step, url };
        if (tail.totalLines === 0) return { missing: `The log of ${step} is empty.`, step, url };
        return { ...tail, step, url };
      } catch (error) {
        if (error === tookTooLong) {
          return { missing: sayFailure(new Failure('unavailable', connection)), url };
        }
        if (error instanceof Failure) {
          log.info({ pipeline: run.pipeline.key, run: run.run, kind: error.kind }, 'pipelines.log-missing');
          return { missing: sayFailure(error), url };
        }
        throw error;
      }
    },

    /** What is known about a pipeline: the catalogue file wins, then the orchestrator, then events. */
    profile,

    /** Facts that an orchestrator told when it was asked for its pipelines. */
    remember(pipelines: readonly Pipeline[]): Promise<void> {
      lately = undefined;
      return rememberDiscovered(db, pipelines, clock.now());
    },

    /** What the catalogue says is fed by what. */
    feeds: feedsLately,

    downstream,

    /** What waits for the pipeline of this name. */
    async impact({ name }: { name: string }): Promise<ImpactAnswer> {
      const { found, didYouMean } = matchName(name, await known());
      const [pipeline, another] = found;
      if (!pipeline) return { kind: 'none', asked: name, didYouMean };
      if (another)
        return { kind: 'several', asked: name, names: found.map(({ connection, key }) => `${connection}/${key}`) };
      const below = await downstream([pipeline]);
      return {
        kind: 'impact',
        pipeline: { connection: pipeline.connection, key: pipeline.key },
        name: nameOf(pipeline),
        downstream: below,
        owners: ownersOf(below),
        now: clock.now(),
      };
    },

    /** Of the open incident of a pipeline: since when, why, and where its alert stands. */
    async trouble(ref: PipelineRef): Promise<PipelineStatus['openIncident']> {
      const [status] = await describe([await profile(ref)], 0);
      return status?.openIncident;
    },

    /** Pipelines that feed this one, by themselves or by a table between, as far as the catalogue, orchestrators and events tell. */
    async upstreamOf(ref: PipelineRef): Promise<PipelineRef[]> {
      const node = pipelineNode(ref);
      const named = (await feedsLately()).flatMap(({ from, to }) => (to === node ? [from] : []));
      const above = new Set([...named, ...(await directlyAbove(db, node))]);
      above.delete(node);
      return [...above].flatMap((each) => refOfNode(each) ?? []).slice(0, upstreamLooked);
    },

    /**
     * Names of the pipelines and dashboards that wait for this one, nearest first; `undefined` when none is known.
     * @param isAnyTold  false = nobody has told of any edge, so that only what the catalogue and the orchestrators say counts
     */
    async downstreamOf(ref: PipelineRef, isAnyTold = true): Promise<string[] | undefined> {
      if (!isAnyTold && (await feedsLately()).length === 0) return undefined;
      const names = waitingNodes(await walk([ref])).map(({ name }) => name);
      return names.length > 0 ? names : undefined;
    },
  };
}

const nodeKinds = ['pipeline', 'table', 'dashboard'] as const;

/** A node in people's words: `table:dwh.orders` is the table dwh.orders, `pipeline:prod/orders` the pipeline orders. */
function nameNode(node: string): { kind: DownstreamNode['kind']; name: string } {
  const colon = node.indexOf(':');
  const kind = nodeKinds.find((each) => each === node.slice(0, colon)) ?? 'other';
  const name = node.slice(colon + 1);
  return { kind, name: kind === 'pipeline' ? name.slice(name.indexOf('/') + 1) : name };
}

type Feeds = Pick<Edge, 'from' | 'to'>[];

function feedsOf(pipelines: readonly Pipeline[]): Feeds {
  const nodes = new Set(pipelines.map(pipelineNode));
  const byKey = new Map(pipelines.map((pipeline) => [pipeline.key, pipeline]));
  /** A feed is written as a node, as `connection/key`, as the key of a pipeline, or as whatever people call it. */
  const nodeOf = (feed: string, from: PipelineRef): string => {
    if (/^(pipeline|table|dashboard):/.test(feed)) return feed;
    const node = [`pipeline:${feed}`, `pipeline:${from.connection}/${feed}`].find((each) => nodes.has(each));
    const elsewhere = byKey.get(feed);
    return node ?? (elsewhere ? pipelineNode(elsewhere) : `other:${feed}`);
  };
  return pipelines.flatMap((pipeline) =>
    (pipeline.facts.feeds ?? []).map((feed) => ({ from: pipelineNode(pipeline), to: nodeOf(feed, pipeline) })),
  );
}

/** Of the last runs that ended, cancelled and skipped ones left out: how many succeeded. */
function successOf(runs: LastRun[]): PipelineStatus['succeeded'] {
  const ended = runs.filter(({ status }) => status === 'succeeded' || status === 'failed');
  if (ended.length === 0) return undefined;
  return { count: ended.filter(({ status }) => status === 'succeeded').length, of: ended.length };
}

function usualDuration(runs: LastRun[]): PipelineStatus['usuallyTakesMs'] {
  const tookMs = runs.flatMap(({ status, startedAt, endedAt }) =>
    status === 'succeeded' && startedAt && endedAt ? [endedAt.getTime() - startedAt.getTime()] : [],
  );
  const median = quantile(tookMs, 0.5);
  return median === undefined ? undefined : { median, n: tookMs.length };
}

/** The step to blame: of those that failed the one that ended last; while none has, the one that runs. */
async function failedStep(orchestrator: Orchestrator, run: RunRef): Promise<string | undefined> {
  const steps = (await orchestrator.steps?.(run)) ?? [];
  const endOf = (step: Step) => step.endedAt?.getTime() ?? 0;
  const failed = steps.filter(({ status }) => status === 'failed').sort((a, b) => endOf(b) - endOf(a));
  return (failed[0] ?? steps.find(({ status }) => status === 'running'))?.step;
}

const tookTooLong = new Error('took too long');

/** @throws tookTooLong when the signal goes off first */
function before<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(tookTooLong), { once: true });
    }),
  ]);
}
