import { type ActionKind, actionKinds } from './action';

/** What can be left out of the port besides changes. */
export const readings = [
  'authenticate',
  'discover',
  'poll',
  'steps',
  'openLog',
  'runsOf',
  'progress',
  'lookUp',
  'versions',
  'lineage',
] as const;
export type Ability = (typeof readings)[number] | ActionKind;

/** In the order in which they are told. */
export const abilities: readonly Ability[] = [...readings, ...actionKinds];

/** What a connection can do: `true`, or in whole sentences why not and what to do instead. */
export type Abilities = Readonly<Record<Ability, true | string>>;

/** Why these are not there; of the others nothing is said. */
export type Lacks = Readonly<Partial<Record<Ability, string>>>;

export function abilitiesOf(able: readonly Ability[], whyNot: (ability: Ability) => string): Abilities {
  return Object.fromEntries(
    abilities.map((ability) => [ability, able.includes(ability) || whyNot(ability)]),
  ) as Abilities;
}

export const able = (of: Abilities): Ability[] => abilities.filter((ability) => can(of, ability));

export const can = (of: Abilities, ability: Ability): boolean => of[ability] === true;

/** Of a change or a reading that is not there. `undefined` = it is. */
export function whyNot(of: Abilities, ability: Ability): string | undefined {
  const told = of[ability];
  return told === true ? undefined : told;
}

/** What people look for on an alert or a status, by the word on its button, in the order in which it is missed. */
const expected = [
  ['retry', 'Retry'],
  ['openLog', 'Show log'],
  ['backfill', 'Backfill'],
  ['stop', 'Stop'],
  ['redeploy', 'Redeploy'],
] as const satisfies [Ability, string][];
export type Expected = (typeof expected)[number][0];

/** Something that people look for and that this connection cannot do. */
export interface Missing {
  ability: Expected;
  /** The word on the button that is not there. */
  name: string;
  why: string;
}

export function missingOf(of: Abilities): Missing[] {
  return expected.flatMap(([ability, name]) => {
    const why = whyNot(of, ability);
    return why === undefined ? [] : [{ ability, name, why }];
  });
}
