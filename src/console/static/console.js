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
    location.replace(location.pathname);
  });
  source.addEventListener('error', () => {
    // The browser reconnects a broken stream, but not after a response that is not a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
  addEventListener('pagehide', () => source.close());
}

const TYPING_PAUSE_MS = 150;

/** Searches as you type. A response to an earlier text never replaces that of a later one. */
function searchWhileTyping(form) {
  const results = document.getElementById(form.dataset.results);
  const input = form.querySelector('input[type=search]');
  let timer;
  let latest;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      latest?.abort();
      latest = new AbortController();
      const query = new URLSearchParams({ q: input.value, part: 'results' });
      try {
        const answer = await fetch(`${form.action}?${query}`, { signal: latest.signal });
        if (answer.redirected || !answer.ok) return;
        results.innerHTML = await answer.text();
      } catch (error) {
        if (error.name !== 'AbortError') throw error;
      }
    }, TYPING_PAUSE_MS);
  });
}

for (const element of document.querySelectorAll('[data-events]')) follow(element);
for (const form of document.querySelectorAll('form[data-results]')) searchWhileTyping(form);
