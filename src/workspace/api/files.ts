import { parsed, pictureReadyMs } from '../content';
import { Refusal, refusalWith } from '../refusal';
import type { FileEntry } from '../store';
import { type JsonObject, objectsOf, textOf } from '../wire';
import { inChannel, type Method, type Services, visibleChannel } from './method';

const mimes: Record<string, string> = {
  csv: 'text/csv',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  log: 'text/plain',
  md: 'text/plain',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
};

const endingOf = (file: FileEntry) => /\.([\w]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? '';

export const mimeOf = (file: FileEntry): string => mimes[endingOf(file)] ?? 'application/octet-stream';

const linkOf = (services: Services, file: FileEntry) =>
  `${services.base()}/files/${services.store.botUserId}/${file.id}/${encodeURIComponent(file.name)}`;

export function fileOnWire(services: Services, file: FileEntry): JsonObject {
  return {
    id: file.id,
    created: Math.floor(file.createdAt.getTime() / 1000),
    timestamp: Math.floor(file.createdAt.getTime() / 1000),
    name: file.name,
    title: file.title,
    mimetype: mimeOf(file),
    filetype: endingOf(file) || 'binary',
    user: services.store.botUserId,
    size: file.length,
    mode: 'hosted',
    is_public: file.channels.length > 0,
    url_private: linkOf(services, file),
    url_private_download: `${linkOf(services, file)}?download=1`,
    permalink: linkOf(services, file),
    channels: file.channels.filter((id) => id.startsWith('C')),
    groups: file.channels.filter((id) => id.startsWith('G')),
    ims: file.channels.filter((id) => id.startsWith('D')),
    ...(file.altText === undefined ? {} : { alt_txt: file.altText }),
  };
}

export function shareFile(services: Services, id: string, channelId: string): void {
  const file = services.store.files.get(id);
  if (file && !file.channels.includes(channelId)) file.channels.push(channelId);
}

/** Files whose permalink stands in a text: posting the link shares the file. */
export function filesLinkedIn(text: string, services: Services): JsonObject[] {
  return [...services.store.files.values()]
    .filter((file) => file.complete && text.includes(linkOf(services, file)))
    .map((file) => fileOnWire(services, file));
}

function fileOrThrow(services: Services, id: string): FileEntry {
  const file = services.store.files.get(id);
  if (!file?.complete) throw new Refusal('file_not_found');
  return file;
}

const getUploadUrl: Method = {
  name: 'files.getUploadURLExternal',
  tier: '4',
  scopes: ['files:write'],
  run(args, services) {
    const name = args.required('filename');
    const length = args.number('length');
    if (length === undefined) throw refusalWith('invalid_arguments', ['missing required field: length']);
    if (length < 1) throw refusalWith('invalid_arguments', ['must be greater than 0 [json-pointer:/length]']);
    const altText = args.text('alt_text') ?? args.text('alt_txt');
    const file: FileEntry = {
      id: services.stamps.id('F'),
      name,
      title: name,
      length,
      uploadSecret: services.stamps.secret(16),
      complete: false,
      createdAt: services.clock.now(),
      channels: [],
      ...(altText === undefined ? {} : { altText }),
    };
    services.store.files.set(file.id, file);
    return { upload_url: `${services.base()}/upload/${file.uploadSecret}`, file_id: file.id };
  },
};

const completeUpload: Method = {
  name: 'files.completeUploadExternal',
  tier: '4',
  scopes: ['files:write'],
  run(args, services) {
    const asked = objectsOf(parsed(args.raw.files));
    if (asked.length === 0) throw refusalWith('invalid_arguments', ['missing required field: files']);
    const files = asked.map((entry) => {
      const file = services.store.files.get(textOf(entry.id) ?? '');
      if (!file?.bytes) throw new Refusal('file_not_found');
      return { file, title: textOf(entry.title) };
    });
    const channelId = args.text('channel_id');
    const channel = channelId ? visibleChannel(services, channelId) : undefined;
    if (channel && !inChannel(services, channel)) throw new Refusal('not_in_channel');
    for (const { file, title } of files) {
      file.complete = true;
      file.readyAt = new Date(services.clock.now().getTime() + pictureReadyMs);
      if (title) file.title = title;
      if (channel) shareFile(services, file.id, channel.id);
    }
    const onWire = files.map(({ file }) => fileOnWire(services, file));
    const threadTs = args.text('thread_ts');
    if (channel)
      services.messages.post({
        channel,
        text: args.text('initial_comment') ?? '',
        files: onWire,
        ...(threadTs ? { threadTs } : {}),
      });
    services.store.changed('files');
    return { files: onWire };
  },
};

const info: Method = {
  name: 'files.info',
  tier: '4',
  scopes: ['files:read'],
  run: (args, services) => ({
    file: fileOnWire(services, fileOrThrow(services, args.required('file'))),
    comments: [],
    response_metadata: { next_cursor: '' },
  }),
};

const remove: Method = {
  name: 'files.delete',
  tier: '3',
  scopes: ['files:write'],
  run(args, services) {
    const file = fileOrThrow(services, args.required('file'));
    services.store.files.delete(file.id);
    for (const channel of services.store.channels.values())
      for (const { message } of channel.messages.values()) {
        const left = (message.files ?? []).map((entry) =>
          entry.id === file.id ? { id: file.id, mode: 'tombstone' } : entry,
        );
        if (message.files) message.files = left;
      }
    services.store.changed('files');
    return {};
  },
};

/** The second step of an upload: the bytes themselves, raw or as the first file of a form. */
export async function takeUpload(
  services: Services,
  secret: string,
  body: Buffer,
  contentType: string,
): Promise<{ status: number; body: string }> {
  const file = [...services.store.files.values()].find((entry) => entry.uploadSecret === secret);
  if (!file || file.complete) return { status: 404, body: 'upload not found' };
  let bytes = body;
  if (contentType.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    const part = [...form.values()].find((value) => typeof value !== 'string');
    bytes = part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : Buffer.alloc(0);
  }
  if (bytes.length !== file.length) return { status: 400, body: `expected ${file.length} bytes, got ${bytes.length}` };
  file.bytes = bytes;
  return { status: 200, body: `OK - ${bytes.length}` };
}

export const fileMethods: Method[] = [getUploadUrl, completeUpload, info, remove];
