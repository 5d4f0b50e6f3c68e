/** Judges every service of a host and says each thing once, with the services that it concerns. Pure. */
import { ALL_CAUSES } from '../../diagnosis/all-causes.js';
import { diagnose } from '../../diagnosis/diagnose.js';
import type { Finding } from '../../diagnosis/finding.js';
import type { Examined } from './examined.js';
import { knownHost, knownIdleHost } from './known-host.js';

export interface HostFinding extends Finding {
  /** Services as people call them, `192.0.2.200 tcp 80`; empty where the whole host is meant. */
  readonly concerns: readonly string[];
}

export function diagnoseHost(examined: Examined): HostFinding[] {
  const found = examined.vips.flatMap((vip) =>
    vip.asked.flatMap((asked) => {
      const { protocol, port } = asked.service;
      const concerns = [`${vip.document.address} ${protocol} ${port}`];
      return diagnose(knownHost(examined, vip, asked)).map((finding) => ({ ...finding, concerns }));
    }),
  );
  const ofHost = diagnose(knownIdleHost(examined)).map((finding) => ({ ...finding, concerns: [] }));
  return together([...ofHost, ...found]);
}

/** The same thing seen of several services is said once. */
function together(findings: readonly HostFinding[]): HostFinding[] {
  const merged = new Map<string, HostFinding & { readonly concerns: string[] }>();
  for (const finding of findings) {
    const id = `${finding.code} ${finding.seen}`;
    const known = merged.get(id);
    if (known === undefined) merged.set(id, { ...finding, concerns: [...finding.concerns] });
    else known.concerns.push(...finding.concerns);
  }
  return [...merged.values()].sort((one, other) => PLACE(one) - PLACE(other));
}

const PLACES: ReadonlyMap<string, number> = new Map(ALL_CAUSES.map(({ code }, index) => [code, index]));
const PLACE = ({ code }: Finding): number => PLACES.get(code) ?? PLACES.size;
