import type { Actor } from '../../src/domain/actor';
import { isMine, isNamedOwner } from '../../src/domain/ownership';

const dana: Actor = {
  personId: '7c0d2f4e-0000-4000-8000-000000000001',
  slackId: 'U01DANA',
  name: 'Dana Lee',
  email: 'dana.lee@data.example',
  isGuest: false,
  isBot: false,
  isDeactivated: false,
  teams: ['orders'],
  roles: [],
};
const settings = { teams: [{ name: 'orders' }, { name: 'billing' }] };

describe('isMine', () => {
  it.each([
    { facts: { owner: 'U01DANA' }, mine: true },
    { facts: { owner: '<@U01DANA|dana>' }, mine: true },
    { facts: { owner: 'Dana.Lee@data.example' }, mine: true },
    { facts: { owner: 'dana lee' }, mine: true },
    { facts: { owner: '@dana.lee' }, mine: true },
    { facts: { team: 'Orders' }, mine: true },
    { facts: { owner: 'orders' }, mine: true },
    { facts: { team: 'billing', owner: 'sam@data.example' }, mine: false },
    { facts: { team: 'billing', owner: 'dana.lee@data.example' }, mine: true },
    { facts: { owner: '' }, mine: false },
    { facts: {}, mine: false },
  ])('is $mine for $facts', ({ facts, mine }) => {
    expect(isMine(dana, facts, settings)).toBe(mine);
  });
});

describe('isNamedOwner', () => {
  it.each([
    { owner: 'u01dana', named: true },
    { owner: 'DANA.LEE@data.example', named: true },
    { owner: 'Dana Lee', named: false },
    { owner: 'dana.lee', named: false },
    { owner: undefined, named: false },
  ])('is $named for $owner, since people choose their own display name', ({ owner, named }) => {
    expect(isNamedOwner(dana, { owner })).toBe(named);
  });
});
