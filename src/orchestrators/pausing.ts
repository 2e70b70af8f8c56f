import type { Aims } from './aims';
import type { ActionAbility, Call, Receipt } from './orchestrator';
import type { Refusals } from './refusals';

/** What each of the two would do to a pipeline now, in a whole sentence; one that is left out has nothing to do. */
export interface Pausable {
  pause?: string;
  resume?: string;
}

type Word = keyof Pausable;

export interface PausingDeps {
  aims: Pick<Aims, 'pipeline'>;
  refusals: Pick<Refusals, 'no'>;
  /** @throws Failure `rejected` where nothing starts the pipeline by itself */
  read(key: string): Promise<Pausable>;
  set(word: Word, key: string, call: Call): Promise<void>;
}

type Ability = ActionAbility & { lookUp(call: Call): Promise<Receipt | undefined> };

/** Holds back all that would start a pipeline by itself, and lets it go on. Each undoes the other; saying either twice does no harm. */
export function createPausing({ aims, refusals, read, set }: PausingDeps): Record<Word, Ability> {
  const needless: Record<Word, (key: string) => string> = {
    pause: (key) => `${key} is paused already: nothing starts it by itself. Resume it to undo that.`,
    resume: (key) => `${key} is not paused: nothing holds up its runs. Retry what failed instead.`,
  };
  const done: Record<Word, (key: string) => string> = {
    pause: (key) => `${key} is paused: nothing starts it by itself until it is resumed`,
    resume: (key) => `${key} is not paused any more`,
  };

  function abilityOf(word: Word): Ability {
    async function mustHaveWork(key: string): Promise<string> {
      const note = (await read(key))[word];
      if (note === undefined) throw refusals.no(needless[word](key));
      return note;
    }

    return {
      plan: async (target) => [{ note: await mustHaveWork(aims.pipeline(target).key) }],
      async perform(target, call) {
        const { key } = aims.pipeline(target);
        await mustHaveWork(key);
        await set(word, key, call);
        return { note: done[word](key) };
      },
      /** Whoever did it, it is what was wished for. */
      async lookUp({ target }) {
        const { key } = aims.pipeline(target);
        return (await read(key))[word] === undefined ? { note: done[word](key), duplicate: true } : undefined;
      },
    };
  }

  return { pause: abilityOf('pause'), resume: abilityOf('resume') };
}
