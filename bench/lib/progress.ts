const everyMs = 10_000;

/**
 * Says on stderr in which phase a measurement is, for how long, and how far it is: when a phase begins, and every 10 s.
 *
 * @param withinSeconds  after so long `over` rejects
 */
export function startProgress(withinSeconds: number) {
  const began = performance.now();
  const seconds = () => `${Math.round((performance.now() - began) / 1_000)} s`;
  const say = (words: string) => process.stderr.write(`${seconds().padStart(6)}  ${words}\n`);
  let phase = '';
  let howFar: (() => string) | undefined;
  const saying = setInterval(() => say([phase, ...(howFar ? [howFar()] : [])].join(': ')), everyMs);
  let ending: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    const end = () => reject(new Error(`not over within ${withinSeconds} s, while ${phase}`));
    ending = setTimeout(end, withinSeconds * 1_000);
  });
  over.catch(() => undefined); // where nobody waits for it yet
  return {
    over,
    enter(name: string, of?: () => string): void {
      phase = name;
      howFar = of;
      say(name);
    },
    stop(): void {
      clearInterval(saying);
      clearTimeout(ending);
    },
  };
}

export type Progress = ReturnType<typeof startProgress>;
