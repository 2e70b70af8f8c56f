import { isObject, type JsonObject, objectOf, objectsOf, textOf } from './wire';

/** A control, with the block that holds it. */
export interface Control {
  block: JsonObject;
  element: JsonObject;
}

const many = (block: JsonObject, elements: unknown): Control[] =>
  objectsOf(elements).map((element) => ({ block, element }));

/** Every control in these blocks, in reading order. */
export function controlsIn(blocks: JsonObject[]): Control[] {
  return blocks.flatMap((block): Control[] => {
    switch (block.type) {
      case 'section':
        return isObject(block.accessory) && block.accessory.type !== 'image'
          ? [{ block, element: block.accessory }]
          : [];
      case 'actions':
      case 'context_actions':
        return many(block, block.elements);
      case 'input':
        return isObject(block.element) ? [{ block, element: block.element }] : [];
      case 'card':
        return many(block, block.actions);
      case 'carousel':
        return controlsIn(objectsOf(block.elements));
      case 'container':
        return controlsIn(objectsOf(block.child_blocks));
      default:
        return [];
    }
  });
}

/** Options of a menu, flat. */
const optionsOf = (element: JsonObject): JsonObject[] => [
  ...objectsOf(element.options),
  ...objectsOf(element.option_groups).flatMap((group) => objectsOf(group.options)),
];

/** The key under which each kind of control reports its value, whether it holds several, and its initial key. */
const shapes: Record<string, { key: string; initial: string; many?: boolean; option?: boolean }> = {
  plain_text_input: { key: 'value', initial: 'initial_value' },
  email_text_input: { key: 'value', initial: 'initial_value' },
  url_text_input: { key: 'value', initial: 'initial_value' },
  number_input: { key: 'value', initial: 'initial_value' },
  rich_text_input: { key: 'rich_text_value', initial: 'initial_value' },
  static_select: { key: 'selected_option', initial: 'initial_option', option: true },
  external_select: { key: 'selected_option', initial: 'initial_option', option: true },
  radio_buttons: { key: 'selected_option', initial: 'initial_option', option: true },
  multi_static_select: { key: 'selected_options', initial: 'initial_options', option: true, many: true },
  multi_external_select: { key: 'selected_options', initial: 'initial_options', option: true, many: true },
  checkboxes: { key: 'selected_options', initial: 'initial_options', option: true, many: true },
  users_select: { key: 'selected_user', initial: 'initial_user' },
  multi_users_select: { key: 'selected_users', initial: 'initial_users', many: true },
  conversations_select: { key: 'selected_conversation', initial: 'initial_conversation' },
  multi_conversations_select: { key: 'selected_conversations', initial: 'initial_conversations', many: true },
  channels_select: { key: 'selected_channel', initial: 'initial_channel' },
  multi_channels_select: { key: 'selected_channels', initial: 'initial_channels', many: true },
  datepicker: { key: 'selected_date', initial: 'initial_date' },
  timepicker: { key: 'selected_time', initial: 'initial_time' },
  datetimepicker: { key: 'selected_date_time', initial: 'initial_date_time' },
  file_input: { key: 'files', initial: 'initial_files', many: true },
};

export const isStateful = (element: JsonObject): boolean => String(element.type) in shapes;

/**
 * What a person gives to a control, in Slack's form. Options are named by their value.
 * @throws Error when the control has no such option: a person could not have chosen it
 */
export function valueFor(element: JsonObject, given: unknown): JsonObject {
  const type = String(element.type);
  const shape = shapes[type];
  if (!shape) throw new Error(`A ${type} holds no value.`);
  const option = (value: unknown): unknown => {
    if (isObject(value)) return value;
    const found = optionsOf(element).find((candidate) => candidate.value === value);
    if (!found) throw new Error(`The ${type} ${String(element.action_id)} offers no option "${String(value)}".`);
    return found;
  };
  const one = (value: unknown) => (shape.option ? option(value) : value);
  if (shape.many) return { type, [shape.key]: (Array.isArray(given) ? given : [given]).map(one) };
  if (given === undefined || given === null || given === '') return { type, [shape.key]: null };
  if (type === 'datetimepicker') return { type, [shape.key]: Number(given) };
  return { type, [shape.key]: one(given) };
}

/** The value a control has before anybody touches it. */
function initialValue(element: JsonObject): JsonObject {
  const type = String(element.type);
  const shape = shapes[type];
  if (!shape) return { type };
  const initial = element[shape.initial];
  return { type, [shape.key]: initial ?? (shape.many ? [] : null) };
}

/** `state.values` of a message or view: what is chosen, else what was there at first. */
export function stateOf(
  blocks: JsonObject[],
  chosen: Record<string, Record<string, JsonObject>>,
): Record<string, Record<string, JsonObject>> {
  const values: Record<string, Record<string, JsonObject>> = {};
  for (const { block, element } of controlsIn(blocks)) {
    if (!isStateful(element)) continue;
    const blockId = String(block.block_id);
    const actionId = String(element.action_id);
    const inBlock = values[blockId] ?? {};
    inBlock[actionId] = chosen[blockId]?.[actionId] ?? initialValue(element);
    values[blockId] = inBlock;
  }
  return values;
}

/** The value inside a state entry, whatever its key is. */
export const bare = (entry: JsonObject): unknown => {
  const shape = shapes[String(entry.type)];
  return shape ? entry[shape.key] : undefined;
};

const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

function complaint(block: JsonObject, element: JsonObject, value: unknown): string | undefined {
  if (isEmpty(value)) return block.optional === true ? undefined : 'Please complete this required field.';
  if (Array.isArray(value)) {
    const max = Number(element.max_selected_items ?? Number.POSITIVE_INFINITY);
    return value.length > max ? `Please choose at most ${max}.` : undefined;
  }
  const text = textOf(value) ?? '';
  switch (element.type) {
    case 'plain_text_input': {
      const min = Number(element.min_length ?? 0);
      const max = Number(element.max_length ?? 3000);
      if (text.length < min) return `Please use at least ${min} characters.`;
      return text.length > max ? `Please use at most ${max} characters.` : undefined;
    }
    case 'number_input': {
      const number = Number(text);
      if (!Number.isFinite(number)) return 'Please enter a number.';
      if (element.is_decimal_allowed !== true && !Number.isInteger(number)) return 'Please enter a whole number.';
      if (element.min_value !== undefined && number < Number(element.min_value))
        return `Please enter ${element.min_value} or more.`;
      if (element.max_value !== undefined && number > Number(element.max_value))
        return `Please enter ${element.max_value} or less.`;
      return undefined;
    }
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? undefined : 'Please enter an email address.';
    case 'url_text_input':
      return URL.canParse(text) ? undefined : 'Please enter a web address.';
    default:
      return undefined;
  }
}

/** What Slack's own client says before it sends a form: by block id. Empty when the form may go. */
export function complaintsAbout(
  blocks: JsonObject[],
  values: Record<string, Record<string, JsonObject>>,
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element } of controlsIn(blocks)) {
    if (block.type !== 'input') continue;
    const entry = values[String(block.block_id)]?.[String(element.action_id)];
    const found = complaint(block, element, entry && bare(entry));
    if (found) errors[String(block.block_id)] = found;
  }
  return errors;
}

/** The `actions[0]` entry for a control that is pressed or changed. */
export function actionFor(control: Control, given: unknown, actionTs: string): JsonObject {
  const { block, element } = control;
  const common: JsonObject = {
    type: element.type,
    action_id: element.action_id,
    block_id: block.block_id,
    action_ts: actionTs,
  };
  switch (element.type) {
    case 'button':
    case 'workflow_button':
    case 'icon_button': {
      const kept = Object.fromEntries(
        ['text', 'value', 'style', 'url'].filter((key) => key in element).map((key) => [key, element[key]]),
      );
      return { ...common, ...kept };
    }
    case 'feedback_buttons': {
      const chosen = [objectOf(element.positive_button), objectOf(element.negative_button)].find(
        (button) => given === undefined || button.value === given,
      );
      if (!chosen) throw new Error(`No feedback button has the value "${String(given)}".`);
      return { ...common, value: chosen.value, text: chosen.text };
    }
    case 'overflow': {
      const chosen = optionsOf(element).find((option) => option.value === given);
      if (!chosen) throw new Error(`The menu ${String(element.action_id)} offers no option "${String(given)}".`);
      return { ...common, selected_option: chosen };
    }
    default:
      return { ...common, ...valueFor(element, given) };
  }
}

/** Finds the one control a person means. Buttons that share an action id are told apart by block id or value. */
export function findControl(
  blocks: JsonObject[],
  actionId: string,
  wanted: { blockId?: string | undefined; value?: unknown },
): Control | undefined {
  const found = controlsIn(blocks).filter(
    ({ block, element }) =>
      element.action_id === actionId && (wanted.blockId === undefined || block.block_id === wanted.blockId),
  );
  const byValue = found.filter(
    ({ element }) => element.type !== 'button' || wanted.value === undefined || element.value === wanted.value,
  );
  return byValue[0];
}

/** Blocks of a message, those inside attachments included. */
export const allBlocks = (message: { blocks?: JsonObject[]; attachments?: JsonObject[] }): JsonObject[] => [
  ...(message.blocks ?? []),
  ...(message.attachments ?? []).flatMap((attachment) => objectsOf(attachment.blocks)),
];
