import type http from 'node:http';

export interface PageDoor {
  handle(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    url: URL,
    readBody: () => Promise<Buffer>,
  ): Promise<void>;
}

export function createPageDoor(): PageDoor {
  return {
    async handle(_request, response) {
      response.writeHead(404).end();
    },
  };
}
