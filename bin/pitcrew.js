#!/usr/bin/env node

// The `pitcrew` program. In a clone it runs the sources, in a production install the file built of them. Plain JavaScript, so that
// it works right after `npm ci`.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const source = join(root, 'src', 'cli', 'main.ts');
const bundle = join(root, 'dist', 'pitcrew.js');

/** The program, or undefined when there is none that this install can run. */
function load() {
  if (existsSync(source) && canRunSources()) return require(source);
  return existsSync(bundle) ? require('./load-bundle').loadBundle(bundle).exports : undefined;
}

function canRunSources() {
  try {
    require('tsx/cjs');
    return true;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return false;
  }
}

// Whoever reads us may stop early: `pitcrew diagnose … | head`.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const program = load();
if (program) {
  const { env, stdin, stdout, stderr } = process;
  program.runCli(process.argv.slice(2), { env, stdin, stdout, stderr }).then((code) => {
    process.exitCode = code;
  });
} else {
  process.stderr.write(
    'Pitcrew is not installed completely here. Run `npm ci`, or `npm run build` where the sources are.\n',
  );
  process.exitCode = 1;
}
