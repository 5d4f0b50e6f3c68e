/**
 * The first things of a list that a plan tells, however long the list is: so many, and so much text, that reader and process
 * bear it; and how many it leaves out. One is told in any case. Pure.
 */

/** Things of one list. */
export const MOST_TOLD = 1_000;
/** Of one list as JSON, in UTF-16 code units; a document of a service with 1,000 real servers has 200,000. */
export const MOST_TEXT = 4_000_000;

export interface ToldPart<T> {
  readonly told: readonly T[];
  readonly leftOut: number;
}

export function toldPart<T>(all: readonly T[]): ToldPart<T> {
  const told: T[] = [];
  let text = 0;
  for (const one of all.slice(0, MOST_TOLD)) {
    text += JSON.stringify(one).length;
    if (text > MOST_TEXT && told.length > 0) break;
    told.push(one);
  }
  return { told, leftOut: all.length - told.length };
}
