// What forms, links and htmx cannot do: times that go on, the state of the stream, the keyboard, the clipboard.
(() => {
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  // ── times ──────────────────────────────────────────────────────────────────────────────────────────────
  // The server's clock counts: this machine's may be wrong.
  const skew = Number(document.body.dataset.now) - Date.now();
  const format = new Intl.RelativeTimeFormat(root.lang === 'ru' ? 'ru' : 'en-GB', {
    style: 'short',
    numeric: 'auto',
  });
  const steps = [
    [60_000, 1_000, 'second'],
    [3_600_000, 60_000, 'minute'],
    [86_400_000, 3_600_000, 'hour'],
    [Number.POSITIVE_INFINITY, 86_400_000, 'day'],
  ];

  function relative(at) {
    const ms = at - (Date.now() + skew);
    const size = Math.abs(ms);
    if (size < 5_000) return format.format(0, 'second');
    const [, unit, name] = steps.find(([limit]) => size < limit);
    return format.format(Math.trunc(ms / unit), name);
  }

  function tellTimes() {
    for (const time of all('time[data-rel]')) {
      const text = relative(Date.parse(time.dateTime));
      if (time.textContent !== text) time.textContent = text;
    }
  }

  // ── the stream ─────────────────────────────────────────────────────────────────────────────────────────
  const AWAY_AFTER_MS = 5_000;
  const CONNECT_AGAIN_MS = 3_000;
  let lastNews = Date.now();
  let lastTry = Date.now();
  let connection = null;
  let isPaused = false;

  const liveState = () => find('#live-state');

  function showMode(mode) {
    const box = liveState();
    if (!box || box.dataset.mode === mode || box.dataset.mode === 'still') return;
    const before = box.dataset.mode;
    box.dataset.mode = mode;
    box.querySelector('.live-word').textContent = box.dataset[mode];
    if (mode === 'away') announce(box.dataset.away);
    if (before === 'away' && mode === 'live') announce(box.dataset.back);
  }

  function watchStream() {
    const live = find('#live');
    if (!live || isPaused) return;
    const isAway = Date.now() - lastNews > AWAY_AFTER_MS;
    showMode(isAway ? 'away' : 'live');
    // The extension goes on by itself once it was connected; a first try that failed is ours to repeat.
    if (isAway && !connection && Date.now() - lastTry > CONNECT_AGAIN_MS) connect(live);
  }

  function connect(live) {
    lastTry = Date.now();
    live.dispatchEvent(new Event('adit:connect'));
  }

  document.addEventListener('htmx:sse:after:connection', (event) => {
    connection = event.detail.connection;
    lastNews = Date.now();
  });
  document.addEventListener('htmx:sse:close', () => {
    connection = null;
  });
  // Signed out elsewhere: the page says so instead of growing old.
  document.addEventListener('htmx:sse:error', (event) => {
    if (event.detail.status === 401 || event.detail.status === 403) location.reload();
  });
  document.addEventListener('htmx:sse:before:message', (event) => {
    if (isPaused) event.preventDefault();
  });
  document.addEventListener('htmx:sse:after:message', () => {
    lastNews = Date.now();
    const age = find('#live-state:not([data-mode="still"]) time');
    if (age) age.dateTime = new Date(lastNews + skew).toISOString();
    showMode('live');
    afterChange();
  });

  function pause() {
    const button = find('#live-pause');
    if (!button) return;
    isPaused = !isPaused;
    button.setAttribute('aria-pressed', String(isPaused));
    showMode(isPaused ? 'paused' : 'live');
    if (isPaused && connection) {
      connection.config.reconnect = false;
      connection.reader?.cancel();
    } else if (!isPaused) {
      lastNews = Date.now();
      connect(find('#live'));
    }
  }

  // ── changes, told to those who do not see them ─────────────────────────────────────────────────────────
  let states = readStates();

  function readStates() {
    return new Map(
      all('[data-say]').map((each) => [each.id, `${each.dataset.state ?? ''}|${each.dataset.say}`]),
    );
  }

  /** A line that is new, or a panel whose state is another: its words. Numbers that tick are not told. */
  function tellChanges() {
    const now = readStates();
    const news = all('[data-say]').filter((each) => {
      const before = states.get(each.id);
      const isLine = each.dataset.state === undefined;
      if (before === undefined) return isLine;
      return !isLine && before.split('|', 1)[0] !== each.dataset.state;
    });
    states = now;
    if (news.length > 0) announce(news.map((each) => each.dataset.say).join('. '));
  }

  function tellCount() {
    const count = Number(find('#badge')?.dataset.count ?? 0);
    const title = document.title.replace(/^\(\d+\) /, '');
    const wanted = count > 0 ? `(${count}) ${title}` : title;
    if (document.title !== wanted) document.title = wanted;
  }

  /** The stream may tell what is older than the page by as much. */
  const SETTLED_MS = 4_000;

  function tellChanged() {
    const list = find('#list[data-watch]');
    const mark = list && find('#badge')?.getAttribute(`data-${list.dataset.watch}`);
    if (!mark || Date.now() + skew - Number(list.dataset.at) < SETTLED_MS) return;
    // Drawn anew, the list has no mark: the comparison begins again.
    list.dataset.mark ??= mark;
    find('#changed').hidden = list.dataset.mark === mark;
  }

  function announce(text) {
    const place = find('#announce');
    if (place) place.textContent = text;
  }

  function afterChange() {
    tellTimes();
    tellChanges();
    tellCount();
  }

  // ── htmx ───────────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener('htmx:config:request', (event) => {
    const { request } = event.detail.ctx;
    if (request.method !== 'GET' || !(request.body instanceof FormData)) return;
    // Empty filters do not belong in the address.
    for (const [name, value] of [...request.body]) if (value === '') request.body.delete(name);
  });
  document.addEventListener('htmx:before:response', (event) => {
    const { raw } = event.detail.ctx.response;
    if (raw.redirected && new URL(raw.url).pathname === '/login') {
      event.preventDefault();
      location.assign(raw.url);
    }
  });
  document.addEventListener('htmx:after:swap', () => {
    afterChange();
    const notice = find('#notice, #problem');
    if (notice && !notice.dataset.told) {
      notice.dataset.told = 'yes';
      announce(notice.textContent);
    }
  });

  // ── clicks ─────────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const copy = target?.closest('[data-copy]');
    if (copy) copyText(copy);
    if (target?.closest('#live-pause')) pause();
    if (target?.closest('[data-help]')) find('#help')?.showModal();
    const theme = target?.closest('button[name="theme"]');
    if (theme) showTheme(theme);
  });

  function copyText(button) {
    navigator.clipboard?.writeText(button.dataset.copy).then(
      () => {
        button.classList.add('copied');
        announce(button.dataset.done);
      },
      () => getSelection()?.selectAllChildren(button.previousElementSibling),
    );
  }

  function showTheme(button) {
    root.dataset.theme = button.value;
    for (const each of all('button[name="theme"]')) {
      each.setAttribute('aria-pressed', String(each === button));
    }
  }

  // A form goes out once: the second press of an impatient finger does nothing.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post' || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
  addEventListener('pageshow', () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  // ── keyboard ───────────────────────────────────────────────────────────────────────────────────────────
  let isGoing = false;

  const rows = () => all('a.row-link, summary.row-link, .attention a').filter((each) => each.offsetParent);

  function walk(step) {
    const links = rows();
    if (links.length === 0) return;
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
    links[Math.min(links.length - 1, Math.max(0, next))].focus();
  }

  const keys = {
    '?': () => find('#help')?.showModal(),
    '/': () => (find('#q') ?? find('input[type="search"]'))?.select(),
    j: () => walk(1),
    k: () => walk(-1),
    r: () => find('#refresh')?.click(),
    x: pause,
    g: () => {
      isGoing = true;
      return true;
    },
    Escape: () => {
      document.activeElement?.blur();
      for (const each of all('details.person[open]')) each.open = false;
      return true;
    },
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const isTyping = target.closest('input, textarea, select, [contenteditable]');
    if (isTyping && event.key !== 'Escape') return;
    if (find('dialog[open]')) return;
    const wasGoing = isGoing;
    isGoing = false;
    const place = wasGoing ? find(`[data-go="${CSS.escape(event.key)}"]`) : null;
    if (place) {
      event.preventDefault();
      place.click();
      return;
    }
    const act = keys[event.key];
    if (act && act() !== true) event.preventDefault();
  });

  tellTimes();
  setInterval(() => {
    tellTimes();
    watchStream();
    tellChanged();
  }, 1_000);
})();
