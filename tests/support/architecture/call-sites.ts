import { readFileSync } from 'node:fs';

/** A place in the source where something is asked of the outside, through one of the doors. */
export interface CallSite {
  /** `path:line` */
  readonly where: string;
  /** As written there; null when there is none, which is a fault. */
  readonly name: string | null;
}

/** The doors themselves, what only hands a request on, and the simulator, which is no part of what serves. */
const NOT_A_SITE = /adapters\/(process|http-client)\/|src\/server\/simulator\/|core\/ports\//;
/** `runner.run({`, `command({`, `requester.request({` — and over two lines. */
const CALL = /\b(?:runner\s*\.run|command|requester\s*\.request|\.request)\(\s*\{/g;
/** Telegram's methods are many: their names come from the table itself. */
const FROM_THE_TABLE = /\bname: rule\.name\b/;

export function callSites(root: string): readonly CallSite[] {
  const paths = [...new Bun.Glob('src/server/**/*.ts').scanSync(root)]
    .filter((path) => !NOT_A_SITE.test(path))
    .toSorted();
  return paths.flatMap((path) => sitesIn(path, readFileSync(`${root}${path}`, 'utf8')));
}

function sitesIn(path: string, code: string): readonly CallSite[] {
  const called = [...code.matchAll(CALL)].flatMap((match) => {
    const object = balanced(code, match.index + match[0].length - 1);
    if (FROM_THE_TABLE.test(object) || /^\{ timeoutMs, \.\.\.request \}/.test(object)) return [];
    const where = `${path}:${code.slice(0, match.index).split('\n').length}`;
    return [{ where, name: /\bname: '([^']+)'/.exec(object)?.[1] ?? null }];
  });
  return [...called, ...namedIn(path, code)];
}

/** Xray's calls go by objects that carry their name, over one door by gRPC and one by HTTP. */
function namedIn(path: string, code: string): readonly CallSite[] {
  if (!path.includes('adapters/xray/')) return [];
  return [...code.matchAll(/\bname: '(xray[\w.]*)'/g)].map((match) => ({
    where: `${path}:${code.slice(0, match.index).split('\n').length}`,
    name: match[1]!,
  }));
}

/** From an opening brace to its closing one. */
function balanced(code: string, from: number): string {
  let depth = 0;
  for (let at = from; at < code.length; at += 1) {
    if (code[at] === '{') depth += 1;
    if (code[at] === '}') depth -= 1;
    if (depth === 0) return code.slice(from, at + 1);
  }
  return code.slice(from);
}
