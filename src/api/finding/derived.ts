/**
 * Decides the clauses that the database cannot decide by itself, for they ask for what is derived object by object. Of the
 * alternatives of a choice it tells, with each place, whether what they ask of stored fields holds; the rest is asked of the
 * object in hand.
 */
import { allOf, storedSql } from './filter-sql.js';
import { asksDerived, isDerived } from './is-derived.js';
import { isChoice, type Clause, type Condition, type Listing } from './listed-field.js';
import { matches } from './matches.js';
import type { Parameters } from './parameters.js';

/** Whether the stored part of each alternative holds, choice by choice; null: there is no such choice. */
export function heldSql(listing: Listing, clauses: readonly Clause[], parameters: Parameters): string | null {
  const alternatives = clauses
    .filter((clause) => asksDerived(listing, clause))
    .filter(isChoice)
    .flatMap(({ anyOf }) => anyOf);
  if (alternatives.length === 0) return null;
  const each = alternatives.map((alternative) => allOf(storedSql(listing, alternative, parameters)));
  return `ARRAY[${each.map((sql) => `${sql} IS TRUE`).join(', ')}]`;
}

/** @param derived the clauses of a query that ask for what is derived, in their order. */
export function satisfiesDerived(
  listing: Listing,
  derived: readonly Clause[],
  object: object,
  held: readonly boolean[],
): boolean {
  let place = 0;
  return derived
    .map((clause) =>
      isChoice(clause)
        ? clause.anyOf
            .map((alternative) => held[place++] === true && matchesRest(listing, alternative, object))
            .includes(true)
        : matches(listing, [clause], object),
    )
    .every(Boolean);
}

function matchesRest(listing: Listing, alternative: readonly Condition[], object: object): boolean {
  const rest = alternative.filter(({ field }) => isDerived(listing, field));
  return matches(listing, rest, object);
}
