// Builds the production program: src and handlers without the demo and the local workspace, which never leave a clone, checked by
// the compiler and put into one file, dist/pitcrew.js.
const { spawnSync } = require('node:child_process');
const { existsSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { bundle } = require('./bundle');

const root = join(__dirname, '..');
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const tsc = require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

for (const folder of ['demo', 'workspace']) {
  if (existsSync(join(dist, 'src', folder))) {
    process.stderr.write(`src/${folder} came along: something imports it statically. Load it at run time instead.\n`);
    process.exit(1);
  }
}

bundle(join(dist, 'src', 'cli', 'main.js'), join(dist, 'pitcrew.js'));
for (const folder of ['src', 'handlers']) rmSync(join(dist, folder), { recursive: true });
