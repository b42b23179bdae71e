import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a receiver got. */
export type Received = { method: string; path: string; headers: IncomingMessage['headers']; body: Buffer };

/** A receiver on loopback that keeps what it gets and answers with `status`. */
export class Receiver {
  readonly requests: Received[] = [];
  status = 200;
  private readonly server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      this.requests.push({ method, path, headers, body: Buffer.concat(parts) });
      response.writeHead(this.status, { 'Content-Type': 'application/json' });
      response.end(this.status < 300 ? '{}' : '{"error":"forbidden"}');
    });
  });

  /** Starts it; returns scheme, host and port. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The bodies of JSON that came. */
  get messages(): any[] {
    return this.requests.map(({ body }) => JSON.parse(body.toString()));
  }

  end(): void {
    this.server.close();
  }
}
