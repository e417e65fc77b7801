/** WireGuard apps make the file's stem the interface's name: IFNAMSIZ leaves 15 characters. */
const MOST_CHARACTERS = 15;
const FALLBACK = 'device';
const DIACRITICS = /\p{M}/gu;
const REFUSED = /[^a-zA-Z0-9_=+.-]+/g;
/** Names a system keeps for itself, and stems that begin like an option or a hidden file. */
const EDGES = /^[.\-=+_]+|[.\-=+_]+$/g;
/** Windows refuses these with any extension. */
const WINDOWS_DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const CYRILLIC: Readonly<Record<string, string>> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  ж: 'zh',
  з: 'z',
  и: 'i',
  й: 'i',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'iu',
  я: 'ia',
  і: 'i',
  ї: 'i',
  є: 'e',
  ґ: 'g',
};

/**
 * A file stem for a device's config: 1 to 15 characters of `[a-zA-Z0-9_=+.-]` that begin and end with a letter
 * or digit. Cyrillic is written in Latin letters; what has no such spelling is left out, and when nothing
 * stays the stem is `device`. Two names may share a stem.
 */
export function deviceFileStem(name: string): string {
  const latin = latinised(name).replace(REFUSED, '-');
  const stem = latin.replace(EDGES, '').slice(0, MOST_CHARACTERS).replace(EDGES, '');
  if (stem === '') return FALLBACK;
  return WINDOWS_DEVICES.test(stem) ? `${FALLBACK}-${stem}`.slice(0, MOST_CHARACTERS) : stem;
}

/** The file a user is sent: `phone.conf`. */
export const deviceFileName = (name: string): string => `${deviceFileStem(name)}.conf`;

/** Letters of `й` and `ё` come apart in NFKD, so Cyrillic is written out first, from the composed form. */
function latinised(name: string): string {
  const written = [...name.normalize('NFC')].map(latinLetter).join('');
  return written.normalize('NFKD').replace(DIACRITICS, '');
}

function latinLetter(letter: string): string {
  const lower = letter.toLowerCase();
  const latin = Object.hasOwn(CYRILLIC, lower) ? CYRILLIC[lower]! : null;
  if (latin === null) return letter;
  return lower === letter ? latin : latin.slice(0, 1).toUpperCase() + latin.slice(1);
}
