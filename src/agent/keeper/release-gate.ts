/**
 * Decides which VIPs may leave this host. The link judges what is taken from the documents that the agent was handed; those
 * files can be lost, so what the agent's own ledger says that the host has is judged once more, before anything is
 * unbound. It never keeps back what an operator let go, in the control plane or on this host.
 */
import type { Document } from '../../contract/documents.js';
import type { Fault, ReportedCondition } from '../../contract/report.js';
import { isMassRelease, massReleaseMessage } from '../../link/mass-release.js';
import { readReleaseApproval } from '../../link/release-approval.js';

/** VIPs that the agent holds or held, as its ledger says. */
interface Held {
  readonly ours: ReadonlySet<string>;
  readonly borrowed: ReadonlySet<string>;
}

export class ReleaseGate {
  #released = new Set<string>();
  #keptBack: ReadonlySet<string> = new Set();
  #message = '';

  constructor(private readonly stateDir: string) {}

  /** All that shall be gone by an operator's change. */
  begin(released: ReadonlySet<string>): void {
    this.#released = new Set(released);
  }

  hear({ key, body, approval }: Document): void {
    if (body !== null) this.#released.delete(key);
    else if (approval !== undefined) this.#released.add(key);
  }

  /** Those of them that must stay. `leaving`: all that no document asks for any more, whatever was said of it before. */
  async keepBack(leaving: Iterable<string>, { ours, borrowed }: Held): Promise<ReadonlySet<string>> {
    const all = ours.size + borrowed.size;
    let unapproved = [...new Set(leaving)].filter(
      (key) => !this.#released.has(key) && (ours.has(key) || borrowed.has(key)),
    );
    if (isMassRelease(unapproved.length, all)) {
      const approval = await readReleaseApproval(this.stateDir);
      unapproved = unapproved.filter((key) => !approval(key));
    }
    const tooMany = isMassRelease(unapproved.length, all);
    this.#message = tooMany ? massReleaseMessage(unapproved.length, all) : '';
    this.#keptBack = new Set(tooMany ? unapproved : []);
    return this.#keptBack;
  }

  /** What the last answer was. */
  get keptBack(): ReadonlySet<string> {
    return this.#keptBack;
  }

  /** `version`: of the document by which a VIP was last held. */
  faults(version: (key: string) => number | undefined): Fault[] {
    return [...this.#keptBack].map((key) => {
      return { key, versionInForce: version(key) ?? null, reason: 'ReleaseRefused', message: this.#message };
    });
  }

  condition(): ReportedCondition {
    const type = 'ReleasesApproved';
    if (this.#keptBack.size > 0) {
      return { type, status: 'False', reason: 'ReleaseRefused', message: this.#message };
    }
    return { type, status: 'True', reason: 'Approved', message: 'Nothing leaves the host that must stay.' };
  }
}
