// Compiles the production program into dist/: src and handlers without the demo and the local workspace, which never leave a clone.
const { spawnSync } = require('node:child_process');
const { cpSync, existsSync, rmSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const dist = join(root, 'dist');
const leftOut = [join(root, 'src', 'demo'), join(root, 'src', 'workspace')];

rmSync(dist, { recursive: true, force: true });
const tsc = require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

// What the sources read beside them.
cpSync(join(root, 'src'), join(dist, 'src'), {
  recursive: true,
  filter: (from) => !from.endsWith('.ts') && !leftOut.includes(from),
});

for (const folder of ['demo', 'workspace']) {
  if (existsSync(join(dist, 'src', folder))) {
    process.stderr.write(`src/${folder} came along: something imports it statically. Load it at run time instead.\n`);
    process.exit(1);
  }
}
