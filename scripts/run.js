// What the npm scripts call: `node scripts/run.js NAME [arguments]`. Installs the packages first where they are missing or are not
// those of package-lock.json, then runs the thing in this same process. Node alone is enough to start it.
const { spawnSync } = require('node:child_process');
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const inRoot = (...parts) => join(root, ...parts);

/** What can be run; each takes the arguments that are left. */
const tasks = {
  demo: (rest) => runProgram(inRoot('bin', 'pitcrew.js'), ['demo', ...rest]),
  start: (rest) => runProgram(inRoot('bin', 'pitcrew.js'), ['serve', ...rest]),
  test: (rest) => runProgram(inRoot('node_modules', 'jest', 'bin', 'jest.js'), rest),
  bench: ([name, ...rest]) => runNamed('bench', name, rest),
  verify: (rest) => runTypeScript(inRoot('scripts', 'verify.ts'), rest),
  'verify:matrix': (rest) => runTypeScript(inRoot('scripts', 'verify.ts'), ['--set', 'matrix', ...rest]),
  'verify:soak': (rest) => runTypeScript(inRoot('scripts', 'verify.ts'), ['--set', 'soak', ...rest]),
  'verify:mutants': (rest) => runTypeScript(inRoot('scripts', 'mutants.ts'), rest),
  live: (rest) => runTypeScript(inRoot('scripts', 'live.ts'), rest),
};

function main([name, ...rest]) {
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined;
  if (!task) return stop(2, `Say what to run: ${Object.keys(tasks).join(', ')}.`);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return stop(1, `Pitcrew needs Node 20.19 or newer; this is ${process.versions.node}.`);
  }
  // A compiled install starts without the packages that only development needs.
  const needsDevelopment = name !== 'start' || !existsSync(inRoot('dist', 'pitcrew.js'));
  const missing = findMissing(needsDevelopment);
  if (missing && !install(missing)) return;
  task(rest);
}

function runProgram(file, rest) {
  process.argv = [process.argv[0], file, ...rest];
  require(file);
}

function runTypeScript(file, rest) {
  if (!existsSync(file)) return stop(2, `There is no ${file.slice(root.length + 1)} in this copy.`);
  require('tsx/cjs');
  runProgram(file, rest);
}

function runNamed(folder, name, rest) {
  const names = existsSync(inRoot(folder))
    ? readdirSync(inRoot(folder)).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -3)] : []))
    : [];
  if (name !== undefined && names.includes(name)) {
    const file = inRoot(folder, `${name}.ts`);
    return rest.includes('--help') ? process.stdout.write(headOf(file)) : runTypeScript(file, rest);
  }
  const list = names.length > 0 ? names.sort().join('\n  ') : 'none yet';
  stop(
    name === undefined ? 0 : 2,
    `${name === undefined ? '' : `There is no ${folder} named ${name}. `}Names:\n  ${list}`,
  );
}

/** The words at the head of a file, which say what it does and takes. */
function headOf(file) {
  const [, words = ''] = /^\/\*\*\n(.*?)\n \*\//s.exec(readFileSync(file, 'utf8')) ?? [];
  return `${words.replace(/^ \* ?/gm, '')}\n`;
}

/**
 * Why the packages must be installed, or undefined when they are those of package-lock.json. npm notes what it installed in
 * node_modules/.package-lock.json; packages for other platforms are optional there.
 */
function findMissing(needsDevelopment) {
  const noted = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(noted)) return 'The packages are not installed yet.';
  const wanted = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(noted, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue;
    const there = installed[path];
    const mayLack = entry.optional || entry.devOptional || (entry.dev && !needsDevelopment);
    if (!there && mayLack) continue;
    if (!there || there.version !== entry.version || there.integrity !== entry.integrity || !existsSync(inRoot(path))) {
      return `The installed packages are not those of package-lock.json (${path.replace('node_modules/', '')}).`;
    }
  }
  return undefined;
}

/** `npm ci`; nothing here needs the packages' install scripts, so they are not run. Says why when it fails. */
function install(why) {
  process.stderr.write(`${why} Installing them with npm ci …\n`);
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' };
  const result = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (result.status === 0) return true;
  process.stderr.write(result.stderr ?? '');
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|EHOSTUNREACH/.test(
    result.stderr ?? '',
  );
  const reason = offline
    ? 'The package registry cannot be reached. Connect to the network, or tell npm of your registry or proxy (npm config set registry …, proxy …), and run this again.'
    : result.error
      ? `npm could not be started (${result.error.code}). Is it installed?`
      : 'npm ci failed; its own words are above.';
  stop(1, reason);
  return false;
}

function stop(code, sentence) {
  (code === 0 ? process.stdout : process.stderr).write(`${sentence}\n`);
  process.exitCode = code;
}

main(process.argv.slice(2));
