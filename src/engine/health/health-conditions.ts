/** What stands about health checks as a whole, as conditions for the report. Pure. */
import type { ServiceDocument } from '../../contract/documents.js';
import type { ReportedCondition } from '../../contract/report.js';
import { someOf } from '../../platform/some-of.js';

export function healthChecksAvailable(trouble: string | undefined): ReportedCondition {
  const type = 'HealthChecksAvailable';
  if (trouble === undefined) {
    return { type, status: 'True', reason: 'Checking', message: 'Servers are checked on their VIPs.' };
  }
  const message = `This director cannot check servers now: ${trouble}. Servers that it knows nothing of get packets unchecked.`;
  return { type, status: 'False', reason: 'CannotCheck', message };
}

/** @param panicking services whose fallen servers are kept. */
export function healthConditions(
  trouble: string | undefined,
  panicking: readonly Pick<ServiceDocument, 'address' | 'protocol' | 'port'>[],
): readonly ReportedCondition[] {
  return [healthChecksAvailable(trouble), servicesInPanic(panicking)];
}

function servicesInPanic(
  panicking: readonly Pick<ServiceDocument, 'address' | 'protocol' | 'port'>[],
): ReportedCondition {
  const type = 'ServicesInPanic';
  if (panicking.length === 0) {
    const message = 'No service lost more than half of its servers at once.';
    return { type, status: 'False', reason: 'NoPanic', message };
  }
  const names = panicking.map(({ address, protocol, port }) => `${address} ${protocol}/${port}`);
  const message = `More than half of the servers fell at once, and get packets still: ${someOf(names)}. See whether the way from this director to them is good; servers that are really down can be removed.`;
  return { type, status: 'True', reason: 'MostServersFell', message };
}
