import { type Edge, pipelineNode } from '../../domain/edge';
import type { Clock } from '../../lib/clock';
import { orGone } from '../gone';
import type { Api } from './api';
import type { DefinedStep, Definition } from './schema';

/**
 * Who waits for whom, read from the definitions of the named workflows: a signal that one announces and another is triggered by or waits
 * for, and a step that runs another workflow (the child feeds its parent).
 */
export async function* readLineage(deps: {
  api: Api;
  connection: string;
  clock: Clock;
  pipelines(): Promise<string[]>;
}): AsyncIterable<Edge> {
  const { api, connection, clock } = deps;
  const node = (key: string) => pipelineNode({ connection, key });
  const workflows: Wiring[] = [];
  for (const key of await deps.pipelines()) {
    const definition = await orGone(api.definition(key, 'default'));
    if (definition) workflows.push(wiringOf(key, definition));
  }
  const told = new Set<string>();
  for (const to of workflows) {
    for (const from of upstreamOf(to, workflows)) {
      const edge = { from: node(from.key), to: node(to.key), source: `maestro:${connection}`, knownSince: from.since };
      if (edge.from === edge.to || told.has(`${edge.from} ${edge.to}`)) continue;
      told.add(`${edge.from} ${edge.to}`);
      yield { ...edge, knownSince: edge.knownSince ?? clock.now() };
    }
  }
}

interface Wiring {
  key: string;
  since?: Date;
  announces: string[];
  waitsFor: string[];
  calls: string[];
}

function wiringOf(key: string, definition: Definition): Wiring {
  const steps = definition.workflow.steps.flatMap(withNested);
  const triggers = (definition.workflow.signal_triggers ?? []).flatMap((trigger) => Object.keys(trigger.definitions));
  return {
    key,
    since: definition.metadata.create_time,
    announces: steps.flatMap((step) => step.announces),
    waitsFor: [...triggers, ...steps.flatMap((step) => step.waitsFor)],
    calls: steps.flatMap((step) => step.calls ?? []),
  };
}

function withNested(step: DefinedStep): DefinedStep[] {
  return [step, ...step.steps.flatMap(withNested)];
}

function upstreamOf(to: Wiring, all: Wiring[]): { key: string; since?: Date }[] {
  const bySignal = all.filter((from) =>
    from.announces.some((name) => to.waitsFor.some((wanted) => isSameSignal(name, wanted))),
  );
  const later = (a: Date | undefined, b: Date | undefined) => (a && b ? (a > b ? a : b) : (a ?? b));
  return [
    ...bySignal.map(({ key, since }) => ({ key, since: later(since, to.since) })),
    ...to.calls.map((key) => ({ key, since: to.since })),
  ];
}

/** Names may hold `${parameters}`, which stand for anything. */
function isSameSignal(a: string, b: string): boolean {
  return a === b || patternOf(a)?.test(b) === true || patternOf(b)?.test(a) === true;
}

function patternOf(name: string): RegExp | undefined {
  const parts = name.split(/\$\{[^}]*\}/);
  if (parts.length === 1) return undefined;
  const fixed = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`^${fixed.join('[^/]+')}$`);
}
