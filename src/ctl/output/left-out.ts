/** The line in the place of what an answer leaves out; none where it is whole. */
export function leftOut(count: number, what: string): string[] {
  return count === 0 ? [] : [`… and ${count} ${what} more`];
}
