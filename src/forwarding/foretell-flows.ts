/**
 * Which connections a change would move, before it is made: of the new ones by the slots, of the established ones by their
 * servers. A server counts as healthy unless some director finds that it is not. Pure.
 */
import type { ServiceDocument } from '../contract/documents.js';
import { fatesOfFlows, type FatesOfFlows } from './fates-of-flows.js';
import { forwardedBody } from './forwarded-part.js';
import { movedPlacement, type MovedPlacement } from './moved-placement.js';
import { inTable, type ChangedService, type ToldHealth } from './told-servers.js';

export interface ForetoldFlows {
  /** When all has settled; null: no new connection was served before. */
  readonly placement: MovedPlacement | null;
  readonly fates: FatesOfFlows;
}

/** `told`: by all directors. */
export function foretellFlows(
  change: ChangedService,
  told: readonly ToldHealth[],
  seed: number,
): ForetoldFlows {
  const { before, after, settled } = change;
  const forwarded = {
    before: forwardedBody(before),
    after: forwardedBody(after),
    settled: forwardedBody(settled),
  };
  const health = agreed([before, after, settled], told);
  const table = inTable(forwarded, { health, blind: false });
  return { placement: movedPlacement(table.before, table.settled, seed), fates: fatesOfFlows(forwarded) };
}

/** Of a backup that nobody says otherwise of, that it stands by: whether it is needed follows from the others. */
function agreed(bodies: readonly (ServiceDocument | null)[], told: readonly ToldHealth[]): ToldHealth {
  const numbers = bodies.flatMap((body) => body?.servers ?? []).map(({ number }) => number);
  return new Map(
    numbers.map((number) => {
      const said = told.flatMap((each) => each.get(number) ?? []);
      const bad = said.find(({ healthy }) => healthy === false);
      const good = said.find(({ healthy }) => healthy === true);
      return [number, bad ?? good ?? { healthy: true, reason: 'StandingBy' }];
    }),
  );
}
