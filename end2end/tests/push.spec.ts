// Messages in browsers: this one is subscribed, a push service on loopback gets what only the browser can read, and the service worker
// shows it. The real service of the browser's maker cannot be reached: what the browser says about it is made up, with keys of our own.
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, verify } from 'node:crypto';
import { expectAccessible, expectAlive } from '../support/checks.ts';
import { Receiver, type Received } from '../support/receiver.ts';
import { report, send } from '../support/report.ts';
import { expect, test } from '../support/test.ts';
import { word } from '../support/words.ts';

const STORY = { server: 'Rowan', machineId: 'a0000000000000000000000000000001', job: 'Recipes' };

/** The keys of a browser. */
class Keys {
  private readonly pair = createECDH('prime256v1');
  private readonly auth = Buffer.from('sixteen of bytes');

  constructor() {
    this.pair.generateKeys();
  }

  get json() {
    return { p256dh: this.pair.getPublicKey().toString('base64url'), auth: this.auth.toString('base64url') };
  }

  /** What a message says (RFC 8291 and RFC 8188). */
  read(body: Buffer): { title: string; text: string; path: string } {
    const [salt, size, sender] = [body.subarray(0, 16), body.readUInt32BE(16), body.subarray(21, 86)];
    expect([size, body[20]]).toEqual([4096, 65]);
    const shared = this.pair.computeSecret(sender);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.pair.getPublicKey(), sender]);
    const secret = Buffer.from(hkdfSync('sha256', shared, this.auth, info, 32));
    const derived = (name: string, length: number) => Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`${name}\0`), length));
    const cipher = createDecipheriv('aes-128-gcm', derived('Content-Encoding: aes128gcm', 16), derived('Content-Encoding: nonce', 12));
    const record = body.subarray(86);
    cipher.setAuthTag(record.subarray(-16));
    const plain = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
    expect(plain.at(-1)).toBe(2);
    return JSON.parse(plain.subarray(0, -1).toString());
  }
}

/** The claims of a request, if the site signed them (RFC 8292). */
function claims({ headers }: Received): { aud: string; exp: number } {
  const [, head, body, signature, key] = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(headers.authorization ?? '') ?? [];
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const signed = verify('sha256', Buffer.from(`${head}.${body}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  expect(signed).toBe(true);
  return JSON.parse(Buffer.from(body, 'base64url').toString());
}

test('a browser is subscribed, tried, told of a failed run, and removed when its service says so', async ({ page, context, fresh }) => {
  const [receiver, keys] = [new Receiver(), new Keys()];
  receiver.status = 201;
  const url = await receiver.start();
  const program = await fresh({ more: ['--open-ingest'] });
  await context.grantPermissions(['notifications'], { origin: program.origin });
  await page.addInitScript((subscription) => {
    PushManager.prototype.subscribe = async () => ({ toJSON: () => subscription }) as unknown as PushSubscription;
    Notification.requestPermission = async () => 'granted';
  }, { endpoint: `${url}/send/1`, keys: keys.json });
  await page.goto(program.url('/account'));
  await page.getByRole('link', { name: word('own_notifications.title') }).click();
  await expect(page.getByText(word('own_notifications.empty'), { exact: true })).toBeVisible();
  await expectAlive(page);
  await expectAccessible(page, 'own notifications');
  await page.getByRole('button', { name: word('own_notifications.subscribe') }).click();
  await expect(page.getByText(word('own_notifications.subscribed'))).toBeVisible();
  const browser = page.locator('.channel');
  await expect(browser).toContainText('Chrome on');
  // A service in the own network has to be permitted by an administrator.
  await expect(browser).toContainText('private network');
  await page.goto(program.url('/settings/notifications'));
  const channel = page.locator('.channel');
  await channel.locator('summary').filter({ hasText: word('channels.edit') }).click();
  await channel.getByLabel(word('channels.field.private')).check();
  await channel.getByRole('button', { name: word('channels.save'), exact: true }).click();
  await page.goto(program.url('/account/notifications'));
  await browser.getByRole('button', { name: word('channels.test') }).click();
  await expect(page.getByText(word('own_notifications.tested'))).toBeVisible();

  await send(program.url('/api/upload'), report(STORY));
  await send(program.url('/api/upload'), report({ ...STORY, result: 'Error', began: 4 }));
  await expect(() => expect(receiver.requests).toHaveLength(2)).toPass();
  const got = receiver.requests[1];
  expect(got).toMatchObject({ method: 'POST', path: '/send/1', headers: { 'content-encoding': 'aes128gcm', ttl: '86400' } });
  const { aud, exp } = claims(got);
  expect(aud).toBe(url);
  expect(exp).toBeGreaterThan(Date.now() / 1000);
  const said = keys.read(got.body);
  expect(said).toMatchObject({ title: 'Failed: Rowan / Recipes', path: '/incidents?job=1' });

  // The service worker shows what arrives.
  const session = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const found = registrations.find(({ scopeURL }) => scopeURL.startsWith(program.origin));
      if (found) resolve(found.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.deliverPushMessage', { origin: program.origin, registrationId: await registered, data: JSON.stringify(said) });
  await expect(async () => {
    const shown = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ title, body }) => ({ title, body }));
    });
    expect(shown).toEqual([{ title: said.title, body: said.text }]);
  }).toPass();

  receiver.status = 410;
  await browser.getByRole('button', { name: word('channels.test') }).click();
  await expect(page.getByText(word('own_notifications.test_failed'))).toBeVisible();
  await expect(page.getByText(word('own_notifications.empty'), { exact: true })).toBeVisible();
  receiver.end();
});

test.describe('JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('the page says that it needs JavaScript', async ({ page, fresh }) => {
    const program = await fresh();
    await page.goto(program.url('/account/notifications'));
    await expect(page.getByText(word('own_notifications.needs'))).toBeVisible();
    await page.getByRole('button', { name: word('own_notifications.subscribe') }).click();
    await expect(page.getByText(/needs JavaScript, and permission of the browser/)).toBeVisible();
    await expect(page.getByText(word('own_notifications.empty'), { exact: true })).toBeVisible();
  });
});
