export interface Place {
  workflow: string;
  instance?: number | string;
  run?: number;
  step?: string;
  attempt?: number;
  job?: string;
  stepUuid?: string;
}

export interface Links {
  /** The page of a run or step; undefined without a template, or while not even the instance is known though the template wants it. */
  page(place: Place): string | undefined;
  /** The log elsewhere; undefined unless every placeholder is known. */
  log(place: Place): string | undefined;
}

export function createLinks(templates: { uiUrl?: string; logUrl?: string }): Links {
  return {
    page: (place) => fill(templates.uiUrl, place, new Set(['run', 'step', 'attempt'])),
    log: (place) => fill(templates.logUrl, place, new Set()),
  };
}

function fill(template: string | undefined, place: Place, mayBeEmpty: ReadonlySet<string>): string | undefined {
  if (template === undefined) return undefined;
  const known = new Map<string, unknown>(Object.entries(place));
  let complete = true;
  const url = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = known.get(name);
    if (value === undefined && !mayBeEmpty.has(name)) complete = false;
    return value === undefined ? '' : encodeURIComponent(String(value));
  });
  return complete ? url : undefined;
}
