/** Writes docs/pitcrew.schema.json. `npm run schema`, after a change of src/domain/settings.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsJsonSchema } from '../src/settings/json-schema';

writeFileSync(
  join(__dirname, '..', 'docs', 'pitcrew.schema.json'),
  `${JSON.stringify(settingsJsonSchema(), undefined, 2)}\n`,
);
