// Live updates and search as you type. Pages also work without scripts, with a refresh and the search form.
'use strict';

/** Shows a run's progress, then loads its report. */
function follow(element) {
  const source = new EventSource(element.dataset.events);
  const stage = document.getElementById('stage');
  source.addEventListener('progress', ({ data }) => {
    // The server has escaped the HTML, as in the page itself.
    if (!('quiet' in element.dataset)) element.innerHTML = data;
  });
  source.addEventListener('stage', ({ data }) => {
    if (stage && stage.textContent !== data) stage.textContent = data;
  });
  source.addEventListener('ended', () => {
    source.close();
    location.replace(element.dataset.then ?? location.pathname);
  });
  source.addEventListener('error', () => {
    // The browser reconnects a broken stream, but not after a response that is not a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
  addEventListener('pagehide', () => source.close());
}

const TYPING_PAUSE_MS = 150;

/** Calls `ask` once the typing pauses. The signal aborts at the next call, so that no earlier answer replaces a later one. */
function whileTyping(input, ask) {
  let timer;
  let latest;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      latest?.abort();
      latest = new AbortController();
      try {
        await ask(latest.signal);
      } catch (error) {
        if (error.name !== 'AbortError') throw error;
      }
    }, TYPING_PAUSE_MS);
  });
}

function searchWhileTyping(form) {
  const results = document.getElementById(form.dataset.results);
  const input = form.querySelector('input[type=search]');
  whileTyping(input, async (signal) => {
    const query = new URLSearchParams({ q: input.value, part: 'results' });
    const answer = await fetch(`${form.action}?${query}`, { signal });
    if (!answer.redirected && answer.ok) results.innerHTML = await answer.text();
  });
}

/** The arrow keys go from the search to its results and through them; above the first is the search again. */
function walkResults(form) {
  const results = document.getElementById(form.dataset.results);
  const input = form.querySelector('input[type=search]');
  addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [input, ...results.querySelectorAll('.results a')];
    const at = stops.indexOf(event.target);
    if (step === undefined || at === -1 || !stops[at + step]) return;
    event.preventDefault();
    stops[at + step].focus();
  });
}

for (const element of document.querySelectorAll('[data-events]')) follow(element);
for (const form of document.querySelectorAll('form[data-results]')) {
  searchWhileTyping(form);
  walkResults(form);
}

/** Sorts the rows of a table by the column of the pressed head; all of them are on the page. */
function sortBy(head) {
  const column = [...head.parentElement.children].indexOf(head);
  const isDescending = head.getAttribute('aria-sort') === 'ascending';
  const body = head.closest('table').tBodies[0];
  const valueOf = (row) => row.cells[column]?.dataset.value ?? row.cells[column]?.textContent ?? '';
  const inOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;
  const rows = [...body.rows].sort((a, b) => inOrder(valueOf(a), valueOf(b)));
  for (const each of head.parentElement.querySelectorAll('[aria-sort]'))
    each.setAttribute('aria-sort', 'none');
  head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
  body.append(...(isDescending ? rows.reverse() : rows));
}

for (const head of document.querySelectorAll('table.sortable thead th')) {
  const button = document.createElement('button');
  button.append(...head.childNodes);
  head.append(button);
  head.setAttribute('aria-sort', 'none');
  button.addEventListener('click', () => sortBy(head));
}

/** Copies the text of an element, such as Cypher; browsers allow it on https and on this machine only. */
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    const from = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(from.value ?? from.textContent);
    button.textContent = 'Copied';
  });
}

for (const toast of document.querySelectorAll('.toast')) {
  const close = document.createElement('button');
  close.className = 'quiet';
  close.textContent = 'Close';
  close.addEventListener('click', () => toast.remove());
  toast.append(close);
}

const search = document.getElementById('q');
addEventListener('keydown', (event) => {
  const isTyping = event.target.closest?.('input, textarea, select');
  if (event.key === '/' && search && !isTyping) {
    event.preventDefault();
    search.focus();
  }
  if (event.key === 'Escape') closeAll();
});
addEventListener('click', ({ target }) => closeAll(target));

/** Closes the menu of orgs and the results below the search, if they are not what was clicked. */
function closeAll(clicked) {
  for (const menu of document.querySelectorAll('details.switch[open]'))
    if (!menu.contains(clicked)) menu.open = false;
  const found = document.getElementById('found');
  if (found && !found.parentElement.contains(clicked)) found.replaceChildren();
}

const DAY_MS = 86_400_000;

// A slider over the days of a date field; releasing it shows the page at that day.
for (const slider of document.querySelectorAll('input[data-days]')) {
  const date = document.getElementById(slider.dataset.days);
  const first = Date.parse(slider.dataset.first);
  slider.value = date.value === '' ? slider.max : String((Date.parse(date.value) - first) / DAY_MS);
  slider.hidden = false;
  slider.addEventListener('input', () => {
    date.value = new Date(first + Number(slider.value) * DAY_MS).toISOString().slice(0, 10);
    slider.setAttribute('aria-valuetext', date.value);
  });
  slider.addEventListener('change', () => slider.form.requestSubmit());
}

/** Completes a field with names, as the user types. */
for (const input of document.querySelectorAll('input[data-names]')) {
  whileTyping(input, async (signal) => {
    const answer = await fetch(`${input.dataset.names}&q=${encodeURIComponent(input.value)}`, { signal });
    if (answer.redirected || !answer.ok) return;
    const options = (await answer.json()).map(({ value, label }) => new Option(label, value));
    input.list.replaceChildren(...options);
  });
}

/** Shows only the items of a list that contain the typed words, and the sections that have one. */
for (const filter of document.querySelectorAll('[data-filter]')) {
  const list = document.getElementById(filter.dataset.filter);
  filter.hidden = false;
  filter.querySelector('input').addEventListener('input', ({ target }) => {
    const words = target.value.toLowerCase().split(' ');
    for (const item of list.querySelectorAll('li'))
      item.hidden = !words.every((word) => item.textContent.toLowerCase().includes(word));
    for (const section of list.children)
      section.hidden = section.querySelectorAll('li:not([hidden])').length === 0;
  });
}
