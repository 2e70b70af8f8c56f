import type { RunbookSection } from '../domain/runbook';
import type { Tx } from './db';

export interface StoredSection extends RunbookSection {
  id: string;
  /** Of its file, from the folder of the runbooks. */
  path: string;
}

/** From now on these are all that there are. Two that do it at once follow one another. */
export async function replaceAll(tx: Tx, sections: readonly StoredSection[]): Promise<void> {
  await tx.query(`lock table runbook_sections in share row exclusive mode`);
  await tx.query(`delete from runbook_sections where section_id <> all ($1::uuid[])`, [sections.map(({ id }) => id)]);
  await tx.query(
    `insert into runbook_sections (section_id, path, title, body)
     select id, path, title, body from jsonb_to_recordset($1::jsonb) as given(id uuid, path text, title text, body text)
     on conflict (section_id) do update set title = excluded.title, body = excluded.body
     where (runbook_sections.title, runbook_sections.body) is distinct from (excluded.title, excluded.body)`,
    [JSON.stringify(sections)],
  );
}
