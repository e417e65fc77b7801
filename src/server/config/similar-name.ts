/** The known name somebody probably meant, or null when nothing is near: `DB_POOLMAX` → `DB_POOL_MAX`. */
export function similarName(name: string, known: readonly string[]): string | null {
  const plain = withoutSeparators(name);
  const allowed = Math.min(2, Math.floor(plain.length / 4));
  let best: { name: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(plain, withoutSeparators(candidate));
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { name: candidate, distance };
    }
  }
  return best?.name ?? null;
}

function withoutSeparators(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** Levenshtein: how many letters are added, lost or changed. One row of the usual table at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const changed = previous[column]! + (letter === other ? 0 : 1);
      current.push(Math.min(changed, previous[column + 1]! + 1, current[column]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
