// Shows messages that arrive for this browser. It does nothing else: pages are loaded without it.
'use strict';

self.addEventListener('push', (event) => {
  let message = {};
  try {
    message = event.data.json();
  } catch {
    // A service may wake it without a message that can be read.
  }
  const { title = 'duplistatus', text = '', path = '/', tag } = message;
  event.waitUntil(self.registration.showNotification(title, { body: text, tag, data: { path } }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { scope } = self.registration;
  const page = new URL(String(event.notification.data?.path ?? '').replace(/^\/+/, ''), scope).href;
  event.waitUntil(self.clients.openWindow(page.startsWith(scope) ? page : scope));
});
