// The stream of revisions of all tabs: a browser opens six connections to a server, and each open page would take one.
// The name of this worker is the address of the stream. Tabs say "follow" and "leave"; they are told each number, and
// "lost" or "closed" when the stream breaks off or is refused.
'use strict';

const SILENCE = 40_000;
const AGAIN = 10_000;
const tabs = new Set();
let source = null;
let last = '';
let timer = 0;

function tell(word) {
  for (const tab of tabs) tab.postMessage(word);
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
  last = '';
}

function later(span) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    close();
    if (tabs.size > 0) open();
  }, span);
}

function open() {
  if (source) return;
  source = new EventSource(self.name);
  source.onmessage = ({ data }) => {
    if (/^\d+$/.test(data)) last = data;
    tell(data);
    // The server says something every 15 seconds: a connection that died says nothing.
    later(SILENCE);
  };
  source.onerror = () => {
    last = '';
    // After an error answer the browser does not try again.
    const closed = source.readyState === EventSource.CLOSED;
    tell(closed ? 'closed' : 'lost');
    if (closed) later(AGAIN);
  };
  later(SILENCE);
}

self.onconnect = ({ ports: [tab] }) => {
  tab.onmessage = ({ data }) => {
    if (data === 'follow') {
      tabs.add(tab);
      if (last) tab.postMessage(last);
      open();
    } else {
      tabs.delete(tab);
      if (tabs.size === 0) close();
    }
  };
};
