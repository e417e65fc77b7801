/** What one `bun test` process reported. */
export interface TestReport {
  readonly passed: number;
  readonly failures: readonly TestFailure[];
  /** Files with at least one test case; a file that could not be loaded is not among them. */
  readonly files: ReadonlySet<string>;
}

export interface TestFailure {
  readonly file: string;
  readonly name: string;
  readonly message: string;
}

const CASE = /<testcase\s([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;

/** Reads the JUnit file of `bun test`. A skipped or todo test is a failure: nothing here is left for later. */
export function parseJunit(xml: string): TestReport {
  const files = new Set<string>();
  const failures: TestFailure[] = [];
  let passed = 0;
  for (const [, attributes = '', body = ''] of xml.matchAll(CASE)) {
    const file = attribute(attributes, 'file');
    files.add(file);
    const message = complaint(body);
    if (message === null) passed += 1;
    else failures.push({ file, name: fullName(attributes), message });
  }
  return { passed, failures, files };
}

function complaint(body: string): string | null {
  if (body.includes('<skipped')) return 'skipped: every test has to run';
  const failure = /<failure\s([^>]*)/.exec(body);
  return failure ? attribute(failure[1] ?? '', 'message') || 'failed' : null;
}

function fullName(attributes: string): string {
  return [attribute(attributes, 'classname'), attribute(attributes, 'name')].filter(Boolean).join(' > ');
}

function attribute(attributes: string, name: string): string {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes);
  return unescapeXml(found?.[1] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, word) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return ENTITIES[word] ?? whole;
  });
}
