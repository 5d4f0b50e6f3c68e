/** What was reached, beside what was wanted. */
export function targetLine(what: string, reached: number, isMet: boolean, target: string): string {
  return `${isMet ? 'reached   ' : 'FELL SHORT'} ${what}: ${reached}, ${target}`;
}
