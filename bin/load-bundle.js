// Loads the built program with the code that V8 made of it when it was built. Under another version of Node, or
// other flags of V8, that code is not taken, and the file is compiled as any other. `node bin/load-bundle.js FILE` makes the code.
const { readFileSync, realpathSync, writeFileSync } = require('node:fs');
const { Module } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

const codeOf = (file) => `${file}.code`;

/** @returns what the file exports, and its script */
function loadBundle(named) {
  const file = realpathSync(named);
  const script = new Script(Module.wrap(readFileSync(file, 'utf8')), {
    filename: file,
    cachedData: readIfThere(codeOf(file)),
  });
  const module = new Module(file);
  module.filename = file;
  script.runInThisContext()(module.exports, Module.createRequire(file), module, file, dirname(file));
  return { exports: module.exports, script };
}

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Once it has loaded all that `serve` loads, so that this is in it too. */
function makeCode(file) {
  const { exports, script } = loadBundle(file);
  exports.loadMain();
  writeFileSync(codeOf(realpathSync(file)), script.createCachedData());
}

module.exports = { loadBundle, makeCode };
if (require.main === module) makeCode(process.argv[2]);
