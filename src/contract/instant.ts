/** Whether a text is an instant as `Date.prototype.toISOString` spells it: UTC, with milliseconds, and on the calendar. */
export function isInstant(text: string): boolean {
  const time = Date.parse(text);
  return Number.isFinite(time) && new Date(time).toISOString() === text;
}
