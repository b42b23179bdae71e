// Subscribes this browser to messages: on the page of own notifications, the form asks the browser before it is sent.
'use strict';

(() => {
  if (window.pushForm) return;
  window.pushForm = true;

  function bytes(text) {
    const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0));
  }

  function name() {
    const agent = navigator.userAgent;
    const found = [['Edg', 'Edge'], ['OPR', 'Opera'], ['Firefox', 'Firefox'], ['Chrome', 'Chrome'], ['Safari', 'Safari']];
    const browser = found.find(([word]) => agent.includes(word))?.[1] ?? 'Browser';
    const systems = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']];
    const system = systems.find(([word]) => agent.includes(word))?.[1];
    return system ? `${browser} on ${system}` : browser;
  }

  async function subscription(place) {
    const registration = await navigator.serviceWorker.register(place.dataset.pushWorker);
    await navigator.serviceWorker.ready;
    const key = bytes(place.dataset.pushKey);
    try {
      return await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    } catch (error) {
      // It is subscribed with another key, of a site that was set up again.
      const known = error.name === 'InvalidStateError' ? await registration.pushManager.getSubscription() : null;
      if (known === null) throw error;
      await known.unsubscribe();
      return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    }
  }

  async function subscribe(place, form) {
    const say = (word) => {
      form.querySelector('[data-push-error]').textContent = place.dataset[word] ?? '';
    };
    say('');
    if (!('serviceWorker' in navigator) || !('PushManager' in window)) {
      say('pushUnsupported');
      return;
    }
    if ((await Notification.requestPermission()) !== 'granted') {
      say('pushDenied');
      return;
    }
    try {
      const { endpoint, keys } = (await subscription(place)).toJSON();
      const values = { endpoint, p256dh: keys.p256dh, auth: keys.auth, browser: name() };
      for (const [field, value] of Object.entries(values)) form.elements.namedItem(`form[${field}]`).value = value;
      form.submit();
    } catch {
      say('pushFailed');
    }
  }

  document.addEventListener('submit', (event) => {
    const place = event.target.closest?.('[data-push-key]');
    if (place) {
      event.preventDefault();
      subscribe(place, event.target);
    }
  });
})();
