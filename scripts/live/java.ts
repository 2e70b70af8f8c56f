import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const placesOfJdks = ['/usr/lib/jvm', '/Library/Java/JavaVirtualMachines', '/opt'];

/** The folder of a Java development kit of that release or a newer one: `JAVA_HOME`, else the first that is found. @throws Error with a reason for people */
export function findJdk(atLeast: number): string {
  const found = placesOfJdks.flatMap((place) =>
    existsSync(place)
      ? readdirSync(place).flatMap((name) => [join(place, name), join(place, name, 'Contents', 'Home')])
      : [],
  );
  const jdk = [process.env.JAVA_HOME ?? '', ...found].find((home) => home !== '' && releaseOf(home) >= atLeast);
  if (!jdk)
    throw new Error(`No JDK of release ${atLeast} or newer is installed here; one is needed (JAVA_HOME names it).`);
  return jdk;
}

/** 0 = none there. */
function releaseOf(home: string): number {
  try {
    const said = execFileSync(join(home, 'bin', 'javac'), ['-version'], { encoding: 'utf8', stdio: 'pipe' });
    return Number(/javac (\d+)/.exec(said)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
