import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveProduct } from './product';
import { installPython } from './python';

const version = '1.11.16';
/** Its database is a file. */
const packages = [`dbt-core==${version}`, 'dbt-duckdb==1.11.1'];

/** dbt Core has no server: what is started is a project, which the tests run. */
export const dbt: LiveProduct = {
  name: 'dbt',
  title: `dbt Core ${version}`,
  kind: 'dbt',
  version,
  tests: 'live/dbt/*.live.ts',

  async install(folder, say) {
    const pythons = ['python3.12', 'python3.11', 'python3.13', 'python3.10', 'python3'];
    await installPython({ venv: join(folder, 'dbt-venv'), pythons, packages }, say);
  },

  async start(folder) {
    const project = join(folder, 'dbt-run');
    rmSync(project, { recursive: true, force: true });
    cpSync(join(__dirname, 'dbt_project'), project, { recursive: true });
    return {
      about: { name: dbt.name, project, program: join(folder, 'dbt-venv', 'bin', 'dbt') },
      stop: async () => undefined,
    };
  },
};
