import { posix } from 'node:path';

/** A source file as the rules see it. `path` starts at the root of the repository. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** The text without comments and plain strings; template literals stay, for they hold code. Same line numbers. */
  readonly code: string;
  readonly imports: readonly string[];
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, code: codeOf(text), imports: importsOf(path, text) };
}

const STRING_OR_COMMENT =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(`(?:\\[\s\S]|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

function codeOf(text: string): string {
  return text.replace(STRING_OR_COMMENT, (whole, plain, template) => {
    if (template) return whole;
    return plain ? "''" : whole.replace(/[^\n]/g, ' ');
  });
}

const FROM = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"\n]+)['"]/gm;

/** What the file imports, types too: Bun's scan leaves those out, so the text is read as well. */
function importsOf(path: string, text: string): readonly string[] {
  const transpiler = new Bun.Transpiler({ loader: path.endsWith('x') ? 'tsx' : 'ts' });
  const scanned = transpiler.scanImports(text).map((each) => each.path);
  // The scan adds what tags are turned into; that is nowhere in the text.
  const written = [...text.matchAll(FROM)].map((match) => match[1]!);
  return [...new Set([...scanned.filter((each) => text.includes(each)), ...written])];
}

/** Where a relative import of `path` leads, from the root of the repository. */
export function importTarget(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier);
}

/** The package a bare import names: `@scope/name` of `@scope/name/part`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}
