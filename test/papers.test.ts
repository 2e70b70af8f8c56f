import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { variableNames } from '../src/config';

function read(...path: string[]): string {
  return readFileSync(join(__dirname, '..', ...path), 'utf8');
}

describe('the papers', () => {
  it('.env.example names every variable, and no other but the one of compose.yaml', () => {
    const named = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual([...variableNames, 'POSTGRES_PASSWORD'].sort());
  });

  it('docs/decisions/0001-libraries.md has a line for every dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    const reasons = [...read('docs', 'decisions', '0001-libraries.md').matchAll(/^- `([^`]+)`: \S/gm)].map(
      ([, name]) => name,
    );
    expect(reasons.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort());
  });

  it('compose.yaml starts Pitcrew after its database and its queue are there', () => {
    const { services } = parse(read('compose.yaml'));
    for (const name of Object.keys(services.pitcrew.depends_on)) expect(services[name]).toHaveProperty('healthcheck');
    expect(services.pitcrew.environment).toMatchObject({
      DATABASE_URL: expect.stringContaining('@postgres:5432/'),
      REDIS_URL: 'redis://redis:6379',
    });
  });

  it('the Dockerfile copies nothing that .dockerignore keeps out', () => {
    const letIn = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name);
    const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, names]) => names?.split(' ') ?? [],
    );
    expect(copied.filter((name) => !letIn.includes(name))).toEqual([]);
  });
});
