#!/usr/bin/env node

// The `pitcrew` program. In a clone it runs the sources, in a production install the compiled files. Plain JavaScript, so that
// it works right after `npm ci`.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const source = join(root, 'src', 'cli', 'main.ts');
const compiled = join(root, 'dist', 'src', 'cli', 'main.js');

/** The file to run, or undefined when there is none that this install can run. */
function findProgram() {
  if (existsSync(source)) {
    try {
      require('tsx/cjs');
      return source;
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return existsSync(compiled) ? compiled : undefined;
}

// Whoever reads us may stop early: `pitcrew diagnose … | head`.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const program = findProgram();
if (program) {
  const { runCli } = require(program);
  const { env, stdin, stdout, stderr } = process;
  runCli(process.argv.slice(2), { env, stdin, stdout, stderr }).then((code) => {
    process.exitCode = code;
  });
} else {
  process.stderr.write(
    'Pitcrew is not installed completely here. Run `npm ci`, or `npm run build` where the sources are.\n',
  );
  process.exitCode = 1;
}
