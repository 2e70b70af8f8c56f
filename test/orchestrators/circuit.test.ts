import { createCircuit } from '../../src/orchestrators/circuit';

describe('the circuit', () => {
  let nowMs: number;
  let circuit: ReturnType<typeof createCircuit>;
  const fail = (times: number) => {
    for (let count = 0; count < times; count += 1) circuit.failed();
  };

  beforeEach(() => {
    nowMs = 1_000_000;
    circuit = createCircuit({ now: () => new Date(nowMs) });
  });

  it('stays closed through four failures in a row, and forgets them at a success', () => {
    fail(4);
    circuit.succeeded();
    fail(4);
    expect(circuit.blockedForMs()).toBe(0);
  });

  it('opens at the fifth for ten seconds, however many calls were still under way', () => {
    fail(9);
    expect(circuit.blockedForMs()).toBe(10_000);
    nowMs += 9_999;
    expect(circuit.blockedForMs()).toBe(1);
  });

  it('then lets one call try while the others still wait', () => {
    fail(5);
    nowMs += 10_000;
    expect(circuit.blockedForMs()).toBe(0);
    expect(circuit.blockedForMs()).toBeGreaterThan(0);
  });

  it('tells those that wait when that one has its answer, or when they give up', async () => {
    const told: string[] = [];
    const giveUp = new AbortController();
    const never = new AbortController().signal;
    fail(5);
    nowMs += 10_000;
    circuit.blockedForMs();
    void circuit.whenTried(never).then(() => told.push('answered'));
    void circuit.whenTried(giveUp.signal).then(() => told.push('gave up'));
    giveUp.abort();
    await Promise.resolve();
    await Promise.resolve();
    expect(told).toEqual(['gave up']);
    circuit.succeeded();
    await circuit.whenTried(never);
    expect(told).toEqual(['gave up', 'answered']);
  });

  it('lets the next one try when that one gave up without an answer', () => {
    fail(5);
    nowMs += 10_000;
    circuit.blockedForMs();
    circuit.undecided();
    expect(circuit.blockedForMs()).toBe(0);
  });

  it('doubles the pause while it goes on failing, up to a minute', () => {
    fail(5);
    const pauses: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const pauseMs = circuit.blockedForMs();
      pauses.push(pauseMs);
      nowMs += pauseMs;
      circuit.blockedForMs();
      circuit.failed();
    }
    expect(pauses).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('closes at the first success', () => {
    fail(5);
    nowMs += 10_000;
    circuit.blockedForMs();
    circuit.succeeded();
    expect([circuit.blockedForMs(), circuit.blockedForMs()]).toEqual([0, 0]);
  });
});
