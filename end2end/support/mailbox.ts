import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

const file = (name: string): string => readFileSync(new URL(`./certificates/${name}`, import.meta.url), 'utf8');

/** The certificate of the authority that signed that of the server. */
export const AUTHORITY = file('ca.pem');

export type Mail = { from: string; to: string[]; user?: string; secure: boolean; raw: string };

/** An SMTP server on loopback with TLS, STARTTLS or neither, and one user. */
export class Mailbox {
  readonly mails: Mail[] = [];
  /** Recipients that it refuses. */
  readonly unknown = new Set<string>();
  private constructor(private readonly server: SMTPServer) {}

  static async start(security: 'plain' | 'starttls' | 'tls', user: { name: string; password: string }): Promise<Mailbox> {
    const server = new SMTPServer({
      secure: security === 'tls',
      hideSTARTTLS: security === 'plain',
      allowInsecureAuth: security === 'plain',
      key: file('server.key'),
      cert: file('server.pem'),
      authMethods: ['PLAIN', 'LOGIN'],
      onAuth: ({ username, password }, _session, done) => {
        if (username === user.name && password === user.password) done(null, { user: username });
        else done(Object.assign(new Error('5.7.8 Authentication failed'), { responseCode: 535 }));
      },
      onRcptTo: ({ address }, _session, done) => {
        if (!mailbox.unknown.has(address)) done();
        else done(Object.assign(new Error('5.1.1 No such user'), { responseCode: 550 }));
      },
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          mailbox.mails.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            user: session.user,
            secure: session.secure,
            raw: Buffer.concat(parts).toString(),
          });
          done(null, '2.0.0 Ok: queued as B00C');
        });
      },
    });
    const mailbox = new Mailbox(server);
    // A client that does not trust the certificate ends the connection, which is an error of the server.
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return mailbox;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}

/** A header of an e-mail, unfolded. */
export function header(mail: Mail, name: string): string | undefined {
  const head = mail.raw.split('\r\n\r\n')[0].replace(/\r\n[ \t]/g, ' ');
  const line = head.split('\r\n').find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}

/** The texts of a multipart e-mail by their types, decoded. */
export function parts(mail: Mail): Map<string, string> {
  const boundary = /boundary="?([^";\r\n]+)"?/.exec(mail.raw)?.[1];
  if (!boundary) throw new Error(`not multipart: ${mail.raw}`);
  const found = new Map<string, string>();
  for (const part of mail.raw.split(`--${boundary}`).slice(1, -1)) {
    const at = part.indexOf('\r\n\r\n');
    const [head, body] = [part.slice(0, at), part.slice(at + 4).replace(/\r\n$/, '')];
    const type = /Content-Type: ([^;\r\n]+)/i.exec(head)?.[1] ?? '';
    const encoding = /Content-Transfer-Encoding: (\S+)/i.exec(head)?.[1]?.toLowerCase();
    if (encoding === 'base64') found.set(type, Buffer.from(body, 'base64').toString());
    else if (encoding === 'quoted-printable') {
      const bytes = body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
      found.set(type, Buffer.from(bytes, 'latin1').toString());
    } else found.set(type, body);
  }
  return found;
}
