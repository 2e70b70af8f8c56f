import { parsed } from '../content';
import { Refusal, refusalWith } from '../refusal';
import type { View } from '../store';
import { viewOnWire } from '../view-on-wire';
import type { JsonObject } from '../wire';
import type { Method, Services } from './method';

const answer = (services: Services, view: View): JsonObject => ({
  view: viewOnWire(view, services.app, services.team.id, services.store.botId),
});

const open: Method = {
  name: 'views.open',
  tier: '4',
  scopes: [],
  run(args, services) {
    const triggerId = args.required('trigger_id');
    const given = parsed(args.raw.view);
    const trigger = services.triggers.exchange(triggerId);
    return answer(services, services.views.open(trigger, given));
  },
};

const push: Method = {
  name: 'views.push',
  tier: '4',
  scopes: [],
  run(args, services) {
    const triggerId = args.required('trigger_id');
    const given = parsed(args.raw.view);
    const trigger = services.triggers.exchange(triggerId);
    return answer(services, services.views.push(trigger, given));
  },
};

const update: Method = {
  name: 'views.update',
  tier: '4',
  scopes: [],
  run(args, services) {
    const viewId = args.text('view_id');
    const externalId = args.text('external_id');
    if (!viewId && !externalId) throw refusalWith('invalid_arguments', ['missing required field: view_id']);
    const view = services.views.update({ viewId, externalId }, parsed(args.raw.view), args.text('hash'));
    return answer(services, view);
  },
};

const publish: Method = {
  name: 'views.publish',
  tier: '4',
  scopes: [],
  run(args, services) {
    const userId = args.required('user_id');
    const person = services.store.users.get(userId);
    if (!person || person.deleted || person.isBot) throw new Refusal('user_not_found');
    return answer(services, services.views.publish(userId, parsed(args.raw.view), args.text('hash')));
  },
};

export const viewMethods: Method[] = [open, push, update, publish];
