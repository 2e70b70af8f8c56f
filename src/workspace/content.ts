import type { Clock } from '../lib/clock';
import { checkAttachments, checkBlocks, checkMetadata, type Flaw } from './blocks/check';
import { limits } from './limits';
import type { Content } from './messages';
import { Refusal } from './refusal';
import type { Stamps } from './stamps';
import type { MessageMetadata, Store } from './store';
import { isObject, type JsonObject, objectsOf, parseJson, textOf } from './wire';

/** A list or object that may also have come as JSON text, as in a form. */
export const parsed = (value: unknown): unknown => (typeof value === 'string' ? parseJson(value) : value);

const line = ({ message, pointer }: Flaw) => `${message} [json-pointer:${pointer}]`;

/** The answer that tells every flaw and where it is. */
export const flawed = (code: string, flaws: Flaw[]): Refusal =>
  new Refusal(code, {
    errors: flaws.map(line),
    response_metadata: { messages: flaws.map((flaw) => `[ERROR] ${line(flaw)}`) },
  });

function withTextDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTextDefaults);
  if (!isObject(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withTextDefaults(entry)]));
  if (copy.type === 'plain_text' && typeof copy.text === 'string') return { ...copy, emoji: copy.emoji ?? true };
  if (copy.type === 'mrkdwn' && typeof copy.text === 'string') return { ...copy, verbatim: copy.verbatim ?? false };
  return copy;
}

const isActionable = (type: unknown) =>
  typeof type === 'string' &&
  /(_select|_input|button|buttons|checkboxes|overflow|picker)$/.test(type) &&
  type !== 'input';

/** Gives blocks and controls the ids that Slack makes up when an app leaves them out. */
export function completeBlocks(blocks: JsonObject[], stamps: Stamps): JsonObject[] {
  const complete = (value: unknown, isBlock: boolean): unknown => {
    if (Array.isArray(value)) return value.map((entry) => complete(entry, isBlock));
    if (!isObject(value)) return value;
    const copy: JsonObject = { ...value };
    if (isBlock) copy.block_id = textOf(copy.block_id) || stamps.secret(3).slice(0, 5);
    else if (isActionable(copy.type)) copy.action_id = textOf(copy.action_id) || stamps.secret(3).slice(0, 5);
    for (const key of ['elements', 'accessory', 'element', 'actions'])
      if (key in copy && copy.type !== 'rich_text') copy[key] = complete(copy[key], copy.type === 'carousel');
    if ('child_blocks' in copy) copy.child_blocks = complete(copy.child_blocks, true);
    return copy;
  };
  return objectsOf(complete(blocks.map(withTextDefaults), true));
}

export interface ContentDeps {
  stamps: Stamps;
  store: Pick<Store, 'files'>;
  clock: Clock;
}

/** What Slack takes to make an uploaded picture ready; field reports say up to some seconds. */
export const pictureReadyMs = 500;

/** Pictures that are not there, or not ready yet: Slack refuses the whole message for them. */
function pictureFlaws(blocks: JsonObject[], { store, clock }: ContentDeps): Flaw[] {
  const flaws: Flaw[] = [];
  const walk = (value: unknown, pointer: string): void => {
    if (Array.isArray(value)) {
      for (const [index, entry] of value.entries()) walk(entry, `${pointer}/${index}`);
    }
    if (!isObject(value)) return;
    if (isObject(value.slack_file) && !isReady(value.slack_file)) {
      const constraint = { type: 'slack_file' };
      flaws.push({
        pointer: `${pointer}/slack_file`,
        code: 'invalid_slack_file',
        message: 'invalid slack file',
        constraint,
      });
    }
    for (const [key, inner] of Object.entries(value)) if (key !== 'slack_file') walk(inner, `${pointer}/${key}`);
  };
  const isReady = ({ id, url }: JsonObject): boolean => {
    const files = [...store.files.values()];
    const file = files.find((each) => each.id === id || (typeof url === 'string' && url.includes(each.id)));
    return file?.readyAt !== undefined && file.readyAt.getTime() <= clock.now().getTime();
  };
  walk(blocks, '/blocks');
  return flaws;
}

/** @throws Refusal with every flaw */
function readBlocks(given: unknown, deps: ContentDeps): JsonObject[] | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const value = parsed(given);
  if (!Array.isArray(value)) throw new Refusal('invalid_blocks_format');
  const flaws = checkBlocks(value, 'message');
  const tables = flaws.find((flaw) => flaw.code === 'only_one_table_allowed');
  if (tables) throw new Refusal('only_one_table_allowed');
  if (flaws.length > 0) throw flawed('invalid_blocks', flaws);
  const missing = pictureFlaws(objectsOf(value), deps);
  if (missing.length > 0) throw flawed('invalid_blocks', missing);
  if (JSON.stringify(value).length > limits.message.blocksTotalMax) throw new Refusal('msg_blocks_too_long');
  return completeBlocks(objectsOf(value), deps.stamps);
}

function readAttachments(given: unknown, stamps: Stamps): JsonObject[] | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const value = parsed(given);
  if (!Array.isArray(value)) throw new Refusal('invalid_attachments');
  if (value.length > limits.message.attachmentsMax) throw new Refusal('too_many_attachments');
  const flaws = checkAttachments(value);
  if (flaws.length > 0)
    throw flawed(
      flaws.some((flaw) => flaw.pointer.includes('/blocks')) ? 'invalid_blocks' : 'invalid_attachments',
      flaws,
    );
  const inside = value.map((attachment) => (isObject(attachment) && attachment.blocks ? attachment.blocks : []));
  if (JSON.stringify(inside).length > limits.message.blocksTotalMax) throw new Refusal('msg_blocks_too_long');
  return objectsOf(value).map((attachment, index) => ({
    id: index + 1,
    ...attachment,
    ...(Array.isArray(attachment.blocks) ? { blocks: completeBlocks(objectsOf(attachment.blocks), stamps) } : {}),
  }));
}

/** @throws Refusal for anything but `{event_type, event_payload}` of flat values */
function readMetadata(given: unknown): MessageMetadata | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const value = parsed(given);
  if (!isObject(value)) throw new Refusal('invalid_metadata_format');
  const flaws = checkMetadata(value);
  if (flaws.length > 0) throw flawed('invalid_metadata_format', flaws);
  if (JSON.stringify(value).length > limits.message.metadataBytesMax) throw new Refusal('metadata_too_large');
  return {
    event_type: String(value.event_type),
    event_payload: isObject(value.event_payload) ? value.event_payload : {},
  };
}

/** Text, blocks, attachments and metadata of a message, checked as Slack checks them. Undefined = left out. */
export function readContent(given: JsonObject, deps: ContentDeps): Partial<Content> {
  const markdown = textOf(given.markdown_text);
  const text = textOf(given.text) ?? (typeof given.text === 'number' ? String(given.text) : undefined);
  if (markdown !== undefined) {
    if (text !== undefined || given.blocks !== undefined) throw new Refusal('markdown_text_conflict');
    if (markdown.length > limits.message.markdownTextMax) throw new Refusal('msg_too_long');
  }
  if (text !== undefined && text.length > limits.message.textMax) throw new Refusal('msg_too_long');
  const blocks = readBlocks(given.blocks, deps);
  const attachments = readAttachments(given.attachments, deps.stamps);
  const metadata = readMetadata(given.metadata);
  return {
    ...(text === undefined && markdown === undefined ? {} : { text: text ?? markdown ?? '' }),
    ...(markdown === undefined
      ? blocks === undefined
        ? {}
        : { blocks }
      : { blocks: completeBlocks([{ type: 'markdown', text: markdown }], deps.stamps) }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** @throws Refusal('no_text') when there would be nothing to see */
export function someContent(content: Partial<Content>): Content {
  const has = (list: JsonObject[] | undefined) => list !== undefined && list.length > 0;
  if (!content.text?.trim() && !has(content.blocks) && !has(content.attachments)) throw new Refusal('no_text');
  return { ...content, text: content.text ?? '' };
}
