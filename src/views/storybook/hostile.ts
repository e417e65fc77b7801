/** What people put into names, to be seen in every field at once. */
export const HOSTILE: readonly string[] = [
  '<script>window.hostile=1</script>',
  '"><img src=x onerror="window.hostile=1">',
  "' onmouseover='window.hostile=1",
  '\u202Eesrever ni\u202C and back',
  'a\u0000b\u0001c\nd\te\u007f\u200b\ufeff',
  'W'.repeat(4096),
  'مرحبا بالعالم',
  'Щ'.repeat(4096),
  `Z${'\u0336\u0321\u0489'.repeat(300)}algo`,
  'half a \ud800 pair',
  '</title></textarea></pre>--><h1>out</h1>',
  '{{7*7}} #{7*7} &lt;b&gt; &#0; %00',
  '👩‍👩‍👧‍👦 🏴‍☠️ ﷽',
];

/** Fields that hold what other people or other machines wrote. */
const FOREIGN = new Set(
  (
    'name username device accountName subject lastError text operator agent message reason problem plan detail ' +
    'queue address node value fields payload output error endpoint publicKey outcome action about language call ' +
    'kind typed means incident backend protocol setBy pool decidedBy what key keys allowedIps'
  ).split(' '),
);
/** The same data with a hostile text in every such field; states, ids and paths stay. */
export function poisoned<T>(data: T): T {
  let turn = 0;
  const next = () => HOSTILE[turn++ % HOSTILE.length]!;
  const walk = (value: unknown, key: string, inside: string): unknown => {
    if (typeof value === 'string') return FOREIGN.has(key) && !isOurs(key, inside) ? next() : value;
    if (Array.isArray(value)) return value.map((each) => walk(each, key, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each, name, key)]));
  };
  return walk(data, '', '') as T;
}

/** Some of these names are words of ours in one place and foreign in another. */
function isOurs(key: string, inside: string): boolean {
  if (key === 'kind') return inside === 'attention' || inside === '';
  return key === 'outcome' && inside !== 'runs';
}
