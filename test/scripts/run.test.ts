import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const installed = { version: '1.0.0', integrity: 'sha512-a' };
const lock = {
  packages: {
    '': {},
    'node_modules/jest': { ...installed, dev: true },
    'node_modules/pg': installed,
    'node_modules/for-other-systems': { ...installed, optional: true },
  },
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pitcrew-run-'));
  mkdirSync(join(root, 'scripts'));
  cpSync(join(__dirname, '..', '..', 'scripts', 'run.js'), join(root, 'scripts', 'run.js'));
  write('package-lock.json', JSON.stringify(lock));
  write('bin/pitcrew.js', 'console.log("pitcrew", ...process.argv.slice(2));');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** As npm leaves it after `npm ci`. */
function install(packages: Record<string, object>): void {
  write('node_modules/.package-lock.json', JSON.stringify({ packages }));
  for (const path of Object.keys(packages)) mkdirSync(join(root, path), { recursive: true });
  write('node_modules/jest/bin/jest.js', 'console.log("jest", ...process.argv.slice(2));');
}

/** Runs it with a stand-in for npm that says what it was called with. */
function run(words: string[], npm = '') {
  write('npm.js', `console.error("npm", ...process.argv.slice(2)); ${npm}`);
  const env = { PATH: process.env.PATH, npm_execpath: join(root, 'npm.js') };
  return spawnSync(process.execPath, [join(root, 'scripts', 'run.js'), ...words], { env, encoding: 'utf8' });
}

const good = { 'node_modules/jest': installed, 'node_modules/pg': installed };

describe('scripts/run.js', () => {
  it('runs at once when the packages are those of the lock file, whatever other systems need', () => {
    install(good);
    expect(run(['test', 'test/x', '--bail'])).toMatchObject({ status: 0, stdout: 'jest test/x --bail\n', stderr: '' });
    expect(run(['demo', '--smoke']).stdout).toBe('pitcrew demo --smoke\n');
    expect(run(['start']).stdout).toBe('pitcrew serve\n');
  });

  it.each<{ title: string; packages?: Record<string, object>; why: string }>([
    { title: 'nothing is installed', why: 'not installed yet' },
    { title: 'a package is missing', packages: { 'node_modules/jest': installed }, why: '(pg)' },
    {
      title: 'a version differs',
      packages: { ...good, 'node_modules/pg': { ...installed, version: '0.9.0' } },
      why: '(pg)',
    },
    {
      title: 'the tests are to run after a production install',
      packages: { 'node_modules/pg': installed },
      why: '(jest)',
    },
  ])('installs first when $title', ({ packages, why }) => {
    if (packages) install(packages);
    write('node_modules/jest/bin/jest.js', 'console.log("jest");');
    const result = run(['test']);
    expect(result.stderr).toContain(why);
    expect(result.stderr).toContain('npm ci');
    expect(result).toMatchObject({ status: 0, stdout: 'jest\n' });
  });

  it('starts a compiled production install without the packages for development', () => {
    install({ 'node_modules/pg': installed });
    write('dist/pitcrew.js', '');
    expect(run(['start'])).toMatchObject({ status: 0, stdout: 'pitcrew serve\n', stderr: '' });
  });

  it('says what to do where the registry cannot be reached', () => {
    const result = run(['test'], 'console.error("npm error code EAI_AGAIN"); process.exit(1);');
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('The package registry cannot be reached');
    expect(result.stdout).toBe('');
  });

  it("leaves npm's own words when it fails for another reason", () => {
    const result = run(['test'], 'console.error("npm error code EACCES"); process.exit(1);');
    expect(result).toMatchObject({ status: 1, stderr: expect.stringMatching(/EACCES\n.*its own words are above/) });
  });

  it('says what a bench does and takes, in the words at its head, without running it', () => {
    install(good);
    write('bench/outbox.ts', '/**\n * How fast.\n *\n *   [--seconds 5]\n */\nprocess.exit(9);');
    expect(run(['bench', 'outbox', '--help'])).toMatchObject({ status: 0, stdout: 'How fast.\n\n  [--seconds 5]\n' });
  });

  it('lists the measurements without a name, and refuses one that is not there', () => {
    install(good);
    write('bench/outbox.ts', '');
    write('bench/ingest.ts', '');
    expect(run(['bench'])).toMatchObject({ status: 0, stdout: 'Names:\n  ingest\n  outbox\n' });
    expect(run(['bench', 'lunch'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no bench named lunch'),
    });
  });

  it('refuses what it does not know', () => {
    expect(run(['lunch'])).toMatchObject({ status: 2, stderr: expect.stringContaining('Say what to run: demo') });
  });
});
