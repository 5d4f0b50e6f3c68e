/**
 * Fits the messages of a report to what the contract takes. They hold what programs of the host printed, which has no
 * limit, and a report that is refused for it would be missing exactly when it explains a failure. Pure.
 */
import { LONGEST_MESSAGE } from '../contract/message-limit.js';

const AND_MORE = ' … and more';
/** Neither can be stored: halves of a surrogate pair are no text, and NUL ends one. */
const UNSTORABLE = /[\p{Surrogate}\0]/gu;

interface Told {
  readonly message: string;
}

interface ToldService {
  readonly answers: Told;
  readonly firewall: Told;
}

interface ToldVip extends Told {
  readonly services: readonly ToldService[];
}

interface ToldReport {
  readonly conditions: readonly Told[];
  readonly faults: readonly Told[];
  readonly vips?: readonly ToldVip[];
  readonly silence?: readonly Told[];
}

export function clipReport<R extends ToldReport>(report: R): R {
  const { conditions, faults, vips, silence } = report;
  return {
    ...report,
    conditions: conditions.map(clipped),
    faults: faults.map(clipped),
    ...(vips === undefined ? {} : { vips: vips.map(clippedVip) }),
    ...(silence === undefined ? {} : { silence: silence.map(clipped) }),
  };
}

function clippedVip<T extends ToldVip>(vip: T): T {
  const services = vip.services.map((service) => ({
    ...service,
    answers: clipped(service.answers),
    firewall: clipped(service.firewall),
  }));
  return { ...clipped(vip), services };
}

function clipped<T extends Told>(told: T): T {
  const { message } = told;
  if (message.length <= LONGEST_MESSAGE && message.search(UNSTORABLE) < 0) return told;
  return { ...told, message: clip(message) };
}

function clip(message: string): string {
  const fits = message.length <= LONGEST_MESSAGE;
  const text = fits ? message : message.slice(0, LONGEST_MESSAGE - AND_MORE.length) + AND_MORE;
  return text.replaceAll(UNSTORABLE, '\uFFFD');
}
