/** Line icons of 16 by 16, drawn for this page. `Sprite` holds them once a page; `Icon` refers to one. */
const SHAPES = {
  good: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5 8.2l2.1 2.1L11 6',
  warn: 'M8 1.8 15 14H1L8 1.8ZM8 6.2v3.6M8 11.8v.4',
  bad: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3l3.8-3.8ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  unknown: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5 8h6',
  wait: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM8 4.5V8l2.3 1.6',
  run: 'M4 2.5v11l9-5.5-9-5.5Z',
  again: 'M13.5 6.5A5.7 5.7 0 0 0 3 5.4M2.5 9.5A5.7 5.7 0 0 0 13 10.6M13.7 2.6v3.9h-3.9M2.3 13.4V9.5h3.9',
  pause: 'M5 2.5v11M11 2.5v11',
  stop: 'M3.5 3.5h9v9h-9z',
  cross: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  plus: 'M8 3v10M3 8h10',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3l3.7 3.7',
  menu: 'M2 4h12M2 8h12M2 12h12',
  down: 'M4 6l4 4 4-4',
  left: 'M10 3.5 5.5 8l4.5 4.5',
  right: 'M6 3.5 10.5 8 6 12.5',
  key: 'M5 6.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM7.2 7.4 13.5 2M11 4.2l2 2M9.2 5.8l1.4 1.4',
  file: 'M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.8 8h4.4M5.8 11h4.4',
  live: 'M8 6.8a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4ZM4.9 4.9a4.4 4.4 0 0 0 0 6.2M11.1 4.9a4.4 4.4 0 0 1 0 6.2M2.6 2.6a7.6 7.6 0 0 0 0 10.8M13.4 2.6a7.6 7.6 0 0 1 0 10.8',
  overview: 'M2 2h5v6H2zM9 2h5v3.5H9zM2 10.5h5V14H2zM9 8h5v6H9z',
  accounts: 'M8 2a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM2.5 14c.4-3 2.6-4.3 5.5-4.3s5.1 1.3 5.5 4.3',
  peers:
    'M3.5 5.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM12.5 1.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM12.5 10.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM5.3 6.600l5.4-2.300M5.3 8.400l5.4 3.1',
  jobs: 'M2 3.500h2M2 8h2M2 12.500h2M6.5 3.500H14M6.5 8H14M6.5 12.500H14',
  pools:
    'M2 4c0-1.2 2.7-2 6-2s6 .8 6 2-2.7 2-6 2-6-.8-6-2ZM2 4v8c0 1.2 2.7 2 6 2s6-.8 6-2V4M2 8c0 1.2 2.7 2 6 2s6-.8 6-2',
  nodes: 'M2 2.500h12v4.500H2zM2 9h12v4.500H2zM4.5 4.700h.100M4.5 11.200h.100M8 4.700h3.500M8 11.200h3.5',
  plans: 'M2 3.500h12v9H2zM2 6.500h12M4.5 10h3',
  audit:
    'M8 1.5 13.5 3.500v4c0 3.5-2.3 5.9-5.5 7-3.2-1.1-5.5-3.5-5.5-7v-4L8 1.500ZM5.5 7.800l1.8 1.8 3.3-3.5',
  settings:
    'M2 4.500h7M12 4.500h2M10.5 3a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3ZM2 11.500h2M7 11.500h7M5.5 10a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Z',
  logs: 'M2 2.500h12v11H2zM4.5 5.500l2 2-2 2M8 10.500h3.5',
} as const;

export type IconName = keyof typeof SHAPES;

/** Says nothing to a screen reader: a word always stands beside it. */
export function Icon({ name, tone }: { name: IconName; tone?: string }) {
  return (
    <svg class={tone ? `icon tone-${tone}` : 'icon'} aria-hidden="true" focusable="false">
      <use href={`#icon-${name}`} />
    </svg>
  );
}

export function Sprite() {
  return (
    <svg class="sprite" aria-hidden="true" focusable="false">
      {Object.entries(SHAPES).map(([name, shape]) => (
        <symbol id={`icon-${name}`} viewBox="0 0 16 16">
          <path d={shape} />
        </symbol>
      ))}
    </svg>
  );
}
