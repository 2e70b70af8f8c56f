import { type Abilities, abilitiesOf, able, type Lacks, whyNot } from '../domain/ability';
import type { Logger } from '../lib/logger';
import type { Finding, Orchestrator } from './orchestrator';
import type { Connected } from './registry';

type Reached = Pick<Connected, 'name' | 'orchestrator' | 'abilities'>;

interface RightsDeps {
  connections: { get(name: string): Reached | undefined; all(): Iterable<Reached> };
  log: Logger;
}

const notConnected = (name: string) =>
  `Of ${name} I know only what its events tell: it is none of the connections in my configuration. Please do it there, or ask whoever runs Pitcrew to connect it.`;

/** Takes away what was found not to be allowed. */
export function lessen(abilities: Abilities, findings: readonly Finding[]): Abilities {
  const lacks: Lacks = Object.assign({}, ...findings.map((finding) => finding.lacks));
  return abilitiesOf(
    able(abilities).filter((ability) => lacks[ability] === undefined),
    (ability) => whyNot(abilities, ability) ?? lacks[ability] ?? '',
  );
}

/** What every connection can do: as it is set up, less what its release or credential does not allow, as it was last looked at. */
export function createRights({ connections, log }: RightsDeps) {
  const found = new WeakMap<Orchestrator, Finding[]>();

  async function lookAt({ name, orchestrator }: Reached): Promise<void> {
    try {
      const findings = await orchestrator.check();
      // Of one that cannot be reached nothing new is known.
      if (findings[0]?.ok === false) return;
      found.set(orchestrator, findings);
    } catch (error) {
      log.error({ err: error, connection: name }, 'rights.not-looked-at');
    }
  }

  return {
    /** Calls nobody. */
    of(name: string): Abilities {
      const connected = connections.get(name);
      if (!connected) return abilitiesOf([], () => notConnected(name));
      const { abilities, orchestrator } = connected;
      return lessen(abilities, found.get(orchestrator) ?? []);
    },

    /** Has every connection look at its rights; a fault of one is no fault of another. Never throws. */
    async look(): Promise<void> {
      await Promise.all([...connections.all()].map(lookAt));
    },
  };
}
