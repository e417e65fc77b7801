/**
 * A B C, A B C, …: what disturbs the machine for a while disturbs everybody, and ratios are taken within a round.
 * Results by contender, one a round.
 */
export async function inRounds<C extends { readonly name: string }, R>(
  rounds: number,
  contenders: readonly C[],
  measure: (contender: C, round: number) => Promise<R>,
): Promise<ReadonlyMap<string, readonly R[]>> {
  const results = new Map<string, R[]>(contenders.map((each) => [each.name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const each of contenders) results.get(each.name)?.push(await measure(each, round));
  }
  return results;
}
