import { actionStates, isSettled, mayMove, moves } from '../../src/domain/action';

describe('the states of an action', () => {
  it('are left for a settled one in the end, whatever comes', () => {
    const ends = (state: (typeof actionStates)[number], seen = new Set<string>()): boolean => {
      if (isSettled(state)) return true;
      if (seen.has(state)) return false;
      seen.add(state);
      return moves[state].some((next) => ends(next, seen));
    };
    expect(actionStates.filter((state) => !ends(state))).toEqual([]);
  });

  it('are all reached from a plan or as an item', () => {
    const reached = new Set<string>(['planned', 'waiting']);
    for (const state of reached) for (const next of moves[state as (typeof actionStates)[number]]) reached.add(next);
    expect([...reached].sort()).toEqual([...actionStates].sort());
  });

  it('never lead from a plan to a change without a yes', () => {
    expect(moves.planned).not.toContain('performing');
    expect(mayMove('planned', 'performing')).toBe(false);
    expect(mayMove('awaiting-approval', 'performing')).toBe(false);
  });

  it('may stay as they are', () => {
    expect(mayMove('following', 'following')).toBe(true);
    expect(mayMove('succeeded', 'following')).toBe(false);
  });
});
