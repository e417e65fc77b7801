// Draws the page's series with uPlot in place of the server's small lines.
(() => {
  const source = document.getElementById('chart-data');
  const place = document.getElementById('chart');
  if (!source || !place) return;
  const data = JSON.parse(source.textContent);
  const colours = ['--chart-1', '--chart-2', '--chart-3', '--chart-4', '--chart-5'];
  const lang = document.documentElement.lang === 'ru' ? 'ru' : 'en-GB';
  const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  const say = (value) => (value == null ? '–' : `${number.format(value)}${data.unit ? ` ${data.unit}` : ''}`);
  const clock = new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const short = new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit' });
  let plot = null;

  const colour = (name) => {
    const probe = document.createElement('span');
    probe.className = `probe${name}`;
    place.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };

  function draw() {
    plot?.destroy();
    const line = colour('--line');
    const axis = {
      font: `12px ${getComputedStyle(document.body).fontFamily}`,
      stroke: colour('--muted'),
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, width: 1 },
    };
    const series = data.lines.map((each, index) => ({
      label: each.name,
      stroke: colour(colours[index % colours.length]),
      width: 1.5,
      // Told apart without colour too.
      dash: index === 0 ? undefined : [6, 2 + index * 2],
      value: (_, value) => say(value),
      spanGaps: false,
    }));
    const options = {
      width: place.clientWidth - 32,
      height: Math.max(220, Math.min(420, innerHeight - 320)),
      series: [
        { label: data.time, value: (_, at) => (at == null ? '–' : clock.format(at * 1000)) },
        ...series,
      ],
      axes: [
        { ...axis, values: (_, moments) => moments.map((at) => short.format(at * 1000)) },
        { ...axis, size: 70, values: (_, values) => values.map(say) },
      ],
      scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(1, (high ?? 1) * 1.1)] } },
    };
    plot = new uPlot(options, [data.at, ...data.lines.map((each) => each.values)], place);
  }

  place.classList.add('drawn');
  draw();
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth !== width) draw();
    width = place.clientWidth;
  }).observe(place);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
})();
