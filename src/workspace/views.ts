import { checkView } from './blocks/check';
import { completeBlocks, flawed } from './content';
import { controlsIn } from './form';
import { limits } from './limits';
import { Refusal } from './refusal';
import type { Stamps } from './stamps';
import type { Store, View } from './store';
import type { Trigger } from './triggers';
import { isObject, type JsonObject, objectsOf, textOf } from './wire';

/** Modals on their stacks (three deep at most) and the Home tab of each person. */
export function createViews({ store, stamps }: { store: Store; stamps: Stamps }) {
  function read(given: unknown, kind: View['kind'], self?: View): JsonObject {
    if (!isObject(given))
      throw flawed('invalid_arguments', [{ pointer: '/view', code: 'invalid', message: 'must be an object' }]);
    if (JSON.stringify(given).length > limits.views.viewJsonMaxBytes) throw new Refusal('view_too_large');
    const flaws = checkView(given);
    if (given.type !== kind && flaws.length === 0)
      flaws.push({ pointer: '/view/type', code: 'invalid', message: `must be ${kind} here` });
    if (flaws.length > 0) throw flawed('invalid_arguments', flaws);
    const externalId = textOf(given.external_id);
    if (externalId && store.findView((view) => view.externalId === externalId && view !== self))
      throw new Refusal('duplicate_external_id');
    return { ...given, blocks: completeBlocks(objectsOf(given.blocks), stamps) };
  }

  const stackOf = (userId: string): View[] => {
    const stack = store.stacks.get(userId) ?? [];
    store.stacks.set(userId, stack);
    return stack;
  };

  function build(content: JsonObject, kind: View['kind'], userId: string, below?: View): View {
    const id = stamps.id('V');
    return {
      id,
      userId,
      kind,
      content,
      hash: stamps.next().replace('.', '') + stamps.secret(4),
      rootId: below?.rootId ?? id,
      ...(below === undefined ? {} : { previousId: below.id }),
      callbackId: textOf(content.callback_id) ?? '',
      externalId: textOf(content.external_id) ?? '',
      values: {},
    };
  }

  /** New content in an open view: what was typed stays where block and action ids stay. */
  function replace(view: View, content: JsonObject): View {
    view.content = content;
    view.hash = stamps.next().replace('.', '') + stamps.secret(4);
    view.callbackId = textOf(content.callback_id) ?? '';
    view.externalId = textOf(content.external_id) ?? '';
    const kept: View['values'] = {};
    for (const { block, element } of controlsIn(objectsOf(content.blocks))) {
      const blockId = String(block.block_id);
      const actionId = String(element.action_id);
      const value = view.values[blockId]?.[actionId];
      if (value && value.type === element.type) kept[blockId] = { ...kept[blockId], [actionId]: value };
    }
    view.values = kept;
    store.changed('views');
    return view;
  }

  function checkHash(view: View | undefined, hash: string | undefined): void {
    if (hash !== undefined && hash !== '' && view && view.hash !== hash) throw new Refusal('hash_conflict');
  }

  return {
    open(trigger: Trigger, given: unknown): View {
      const content = read(given, 'modal');
      const view = build(content, 'modal', trigger.userId);
      if (trigger.channelId) view.openedFrom = trigger.channelId;
      // Opening anew takes the place of whatever the person had open.
      store.stacks.set(trigger.userId, [view]);
      store.changed('views');
      return view;
    },
    push(trigger: Trigger, given: unknown): View {
      const stack = stackOf(trigger.userId);
      const top = stack.at(-1);
      if (!top || (trigger.viewId !== undefined && top.id !== trigger.viewId)) throw new Refusal('not_found');
      if (stack.length >= limits.views.stackMax) throw new Refusal('push_limit_reached');
      const view = build(read(given, 'modal'), 'modal', trigger.userId, top);
      if (trigger.channelId) view.openedFrom = trigger.channelId;
      stack.push(view);
      store.changed('views');
      return view;
    },
    pushOn(top: View, given: unknown): View {
      return this.push({ userId: top.userId, viewId: top.id }, given);
    },
    update(
      which: { viewId?: string | undefined; externalId?: string | undefined },
      given: unknown,
      hash?: string,
    ): View {
      const view = store.findView((candidate) =>
        which.viewId
          ? candidate.id === which.viewId
          : candidate.externalId !== '' && candidate.externalId === which.externalId,
      );
      if (!view) throw new Refusal('not_found');
      const content = read(given, view.kind, view);
      checkHash(view, hash);
      return replace(view, content);
    },
    publish(userId: string, given: unknown, hash?: string): View {
      const current = store.homes.get(userId);
      const content = read(given, 'home', current);
      checkHash(current, hash);
      if (current) return replace(current, content);
      const view = build(content, 'home', userId);
      store.homes.set(userId, view);
      store.changed('views');
      return view;
    },
    /** Takes a view off its stack, with what lies above it. @returns what was closed, top first. */
    close(view: View, all = false): View[] {
      const stack = stackOf(view.userId);
      const from = all ? 0 : stack.indexOf(view);
      const closed = from < 0 ? [] : stack.splice(from).reverse();
      store.changed('views');
      return closed;
    },
    stackOf,
  };
}

export type Views = ReturnType<typeof createViews>;
