// What plain forms and htmx cannot do: the clipboard, and emptying the field once its text is on its way.
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-copy]') : null;
  if (!button || !navigator.clipboard) return;
  event.preventDefault();
  navigator.clipboard.writeText(button.dataset.copy).then(
    () => tell('Copied'),
    () => location.assign(button.href),
  );
});

document.addEventListener('htmx:after:request', (event) => {
  const source = event.target instanceof Element ? event.target : null;
  if (source?.id === 'composer') {
    source.reset();
    source.querySelector('#say').focus();
  }
  if (source?.closest('#commands')) document.getElementById('menu').open = false;
  document.querySelector('.scroller').scrollTop = 0;
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') document.getElementById('menu')?.removeAttribute('open');
});

document.addEventListener('click', (event) => {
  const menu = document.getElementById('menu');
  if (menu?.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
});

function tell(text) {
  const toast = document.createElement('p');
  toast.className = 'toast';
  toast.textContent = text;
  document.getElementById('notice').replaceChildren(toast);
}
