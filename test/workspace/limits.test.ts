import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { limits } from '../../src/workspace';
import { onlyWhere } from '../support/only-where';

const reference = resolve(__dirname, '../../../shared/slack-limits.json');
const there = existsSync(reference);
const record = (value: unknown): Record<string, unknown> => Object(value);

/** `child_blocks.max` → `childBlocksMax` */
const ours = (key: string) => key.replace(/[._](\w)/g, (_, letter: string) => letter.toUpperCase());

/** Where we hold an app to less than the reference says, on purpose. */
const stricter = new Set(['composition.option.valueMax']);
/** Not numbers to hold an app to: defaults of Slack's own, advice, or shown only. */
const unused = (key: string) => /default|advised|textShownAbout|captionRequired/i.test(key);

describe('the numbers of the workspace', () => {
  onlyWhere(there, '../shared/slack-limits.json is not there').it('equal the reference of Slack limits', () => {
    const theirs = record(JSON.parse(readFileSync(reference, 'utf8')));
    const mismatches: string[] = [];
    const compare = (name: string, mine: unknown, wanted: unknown) => {
      if (stricter.has(name) ? Number(mine) > Number(wanted) : mine !== wanted)
        mismatches.push(`${name}: ours ${mine}, theirs ${wanted}`);
    };
    for (const part of ['blocks', 'elements', 'composition'] as const)
      for (const [kind, entry] of Object.entries(record(theirs[part]))) {
        const mine = record(record(limits[part])[kind]);
        const wanted = Object.entries(record(record(entry).limits)).map(([key, value]) => [ours(key), value] as const);
        for (const [key, value] of wanted)
          if (!unused(key) || key in mine) compare(`${part}.${kind}.${key}`, mine[key], value);
        for (const key of Object.keys(mine))
          if (!wanted.some(([name]) => name === key)) mismatches.push(`${part}.${kind}.${key}: only ours`);
      }
    const at = (path: string) => path.split('/').reduce<unknown>((value, key) => record(value)[key], theirs);
    const single: [string, unknown, string][] = [
      ['ackMs', limits.ackMs, 'deadlines/ack_ms/slash_command'],
      ['triggerIdMs', limits.triggerIdMs, 'deadlines/trigger_id/ttl_ms'],
      ['responseUrl.lifeSeconds', limits.responseUrl.lifeSeconds, 'deadlines/response_url/ttl_s'],
      ['responseUrl.uses', limits.responseUrl.uses, 'deadlines/response_url/max_uses'],
      ['posting', limits.posting.perChannelPerSecond, 'rate_limits/posting/per_channel_per_second'],
      ['socket.connections', limits.socket.connections, 'socket_mode/max_connections'],
      ['socket.clientFrameBytes', limits.socket.clientFrameBytes, 'socket_mode/client_frame_max_bytes'],
      ['blocksPer.message', limits.blocksPer.message, 'surfaces/message.blocks.max'],
      ['blocksPer.modal', limits.blocksPer.modal, 'surfaces/modal.blocks.max'],
      ['blocksPer.home', limits.blocksPer.home, 'surfaces/home.blocks.max'],
      ['message.textMax', limits.message.textMax, 'message/text.truncated_at'],
      ['message.markdownTextMax', limits.message.markdownTextMax, 'message/markdown_text.max'],
      ['message.attachmentsMax', limits.message.attachmentsMax, 'message/attachments.max'],
      ['message.attachmentFooterMax', limits.message.attachmentFooterMax, 'message/attachment.footer.max'],
      ['ids.actionIdMax', limits.ids.actionIdMax, 'ids/action_id.max'],
      ['ids.blockIdMax', limits.ids.blockIdMax, 'ids/block_id.max'],
      ['views.titleMax', limits.views.titleMax, 'views/title.max'],
      ['views.submitMax', limits.views.submitMax, 'views/submit.max'],
      ['views.closeMax', limits.views.closeMax, 'views/close.max'],
      ['views.privateMetadataMax', limits.views.privateMetadataMax, 'views/private_metadata.max'],
      ['views.callbackIdMax', limits.views.callbackIdMax, 'views/callback_id.max'],
      ['views.externalIdMax', limits.views.externalIdMax, 'views/external_id.max'],
      ['views.stackMax', limits.views.stackMax, 'views/stack.max'],
      ['views.viewJsonMaxBytes', limits.views.viewJsonMaxBytes, 'views/view_json.max_bytes'],
      ['signatureAgeSeconds', limits.signatureAgeSeconds, 'signing/max_age_s'],
      ['unfurlDomainsMax', limits.unfurlDomainsMax, 'unfurl/domains.max'],
    ];
    for (const [name, mine, path] of single) compare(name, mine, at(path));
    expect(limits.tiersPerMinute).toEqual(at('rate_limits/tiers_per_minute'));
    expect(limits.retryDelaysSeconds).toEqual(at('events_api/retries/delays_s'));
    expect(mismatches).toEqual([]);
  });
});
