import { z } from 'zod';
import { SettingsFile } from '../domain/settings';

/** What an editor needs to complete and check pitcrew.yaml while it is written. Every text may hold a `${NAME}`. */
export function settingsJsonSchema(): object {
  const schema = z.toJSONSchema(SettingsFile, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.type !== 'string') return;
      delete jsonSchema.format;
      if (jsonSchema.pattern !== undefined) jsonSchema.pattern = `(?:${jsonSchema.pattern})|\\$\\{`;
    },
  });
  return { ...schema, title: 'pitcrew.yaml' };
}
