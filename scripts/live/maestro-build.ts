import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findJdk } from './java';
import { runProgram } from './python';

/** The release of Java that its source is written for. */
const javaRelease = 21;
const lombok = { group: 'org.projectlombok', name: 'lombok', version: '1.18.42' };

/** What was built, and the Java that runs it. */
export interface MaestroBuild {
  java: string;
  classpath: string;
}

/**
 * Builds the server of a clone of Maestro, which is in no registry: libraries as its lock file names them, then all its modules at once.
 *
 * @throws Error with a reason for people
 */
export function buildMaestro(folder: string, source: string | undefined, say: (line: string) => void): void {
  if (!source)
    throw new Error('MAESTRO_SOURCE does not name a folder: a clone of github.com/Netflix/maestro is needed.');
  const lock = join(source, 'maestro-server', 'gradle.lockfile');
  if (!existsSync(lock)) throw new Error(`MAESTRO_SOURCE (${source}) holds no clone of github.com/Netflix/maestro.`);
  const jdk = findJdk(javaRelease);
  const { home, lib, out, done } = placesIn(folder);
  const wanted = `${commitOf(source)} ${jdk}`;
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return;
  say(`building ${source} with ${jdk} (some minutes)`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(home, 'pom.xml'), pomOf(readFileSync(lock, 'utf8')));
  const maven = ['--quiet', '--batch-mode', '--file', join(home, 'pom.xml')];
  runProgram('mvn', [...maven, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`]);
  compile(source, jdk, { home, lib, out });
  copyResources(source, out);
  writeFileSync(done, wanted);
}

/** @throws Error where no JDK is there any more */
export function maestroBuilt(folder: string): MaestroBuild {
  const { out, lib } = placesIn(folder);
  return { java: join(findJdk(javaRelease), 'bin', 'java'), classpath: `${out}:${lib}/*` };
}

function placesIn(folder: string) {
  const home = join(folder, 'maestro-build');
  return { home, lib: join(home, 'lib'), out: join(home, 'out'), done: join(home, '.pitcrew-complete') };
}

/** The commit of a clone; where it is not written out, what stands in for it. */
export function commitOf(source: string): string {
  const head = join(source, '.git', 'HEAD');
  const said = existsSync(head) ? readFileSync(head, 'utf8').trim() : 'no commit';
  const ref = join(source, '.git', said.replace(/^ref: /, ''));
  return said.startsWith('ref: ') && existsSync(ref) ? readFileSync(ref, 'utf8').trim() : said;
}

/** Exactly the locked libraries: none brings others along. */
function pomOf(lock: string): string {
  const locked = lock.split('\n').flatMap((line) => {
    const [, group = '', name = '', version = '', uses = ''] = /^([^:#]+):([^:]+):([^=]+)=(.*)$/.exec(line) ?? [];
    const isNeeded = uses.split(',').includes('productionRuntimeClasspath') && !name.endsWith('-bom');
    return isNeeded ? [{ group, name, version }] : [];
  });
  const dependencies = [...locked, lombok].map(
    ({ group, name, version }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>` +
      '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>',
  );
  return (
    '<project><modelVersion>4.0.0</modelVersion><groupId>pitcrew.live</groupId>' +
    `<artifactId>maestro</artifactId><version>1</version><dependencies>${dependencies.join('')}</dependencies></project>`
  );
}

function compile(source: string, jdk: string, { home, lib, out }: { home: string; lib: string; out: string }): void {
  const files = modulesOf(source).flatMap((module) => filesBelow(join(source, module, 'src', 'main', 'java')));
  const list = join(home, 'files.txt');
  writeFileSync(list, files.filter((file) => file.endsWith('.java')).join('\n'));
  const processor = join(lib, `${lombok.name}-${lombok.version}.jar`);
  const settings = ['-proc:full', '-parameters', '-nowarn', '--release', String(javaRelease)];
  runProgram(join(jdk, 'bin', 'javac'), [
    ...settings,
    ...['-processorpath', processor, '-cp', `${lib}/*`, '-d', out, `@${list}`],
  ]);
}

/** Lists of the same name, by which Spring finds the modules, are joined. */
function copyResources(source: string, out: string): void {
  for (const module of modulesOf(source)) {
    const resources = join(source, module, 'src', 'main', 'resources');
    for (const file of filesBelow(resources)) {
      const to = join(out, relative(resources, file));
      if (existsSync(to) && to.includes(join('META-INF', 'spring')))
        writeFileSync(to, `${readFileSync(to, 'utf8')}\n${readFileSync(file, 'utf8')}`);
      else cpSync(file, to);
    }
  }
}

const modulesOf = (source: string) =>
  readdirSync(source).filter((name) => name.startsWith('maestro-') || name === 'netflix-sel');

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
