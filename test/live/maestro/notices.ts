import { startSink } from '../between';

/** Amazon's notification service as the server's notifier calls it: what it publishes is handed on as it is, as with raw delivery. */
export function startNotices(port: number, take: (body: string) => void): Promise<{ close(): Promise<void> }> {
  const done =
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
  return startSink(
    port,
    (body) => {
      const form = new URLSearchParams(body);
      const message = form.get('Message');
      if (form.get('Action') === 'Publish' && message) take(message);
    },
    { type: 'text/xml', body: done },
  );
}
