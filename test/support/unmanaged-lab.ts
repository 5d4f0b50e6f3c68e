/** A virtual service with one real server that has no agent, and a director that says what the test tells it to. */
import { endWaits } from '../../src/api/delivery/end-waits.js';
import { Transactions } from '../../src/api/store/transactions.js';
import type { SilenceFact } from '../../src/contract/report.js';
import { ApiUnderTest } from './api-under-test.js';
import { silent, TestNode } from './test-node.js';

const VIP = '192.0.2.200';
export const HOST = '192.0.2.11';
export const ANSWERED = {
  silent: false,
  reason: 'AnswersForVip',
  message: '02:00:00:00:00:b1 answered.',
} as const;
export const CANNOT_TELL = {
  silent: null,
  reason: 'HostNotHeard',
  message: 'It did not answer for itself.',
} as const;

export class UnmanagedLab {
  private constructor(
    readonly api: ApiUnderTest,
    readonly one: TestNode,
    /** Of the virtual service. */
    readonly id: string,
    /** Of the real server. */
    readonly path: string,
  ) {}

  static async open(): Promise<UnmanagedLab> {
    const api = await ApiUnderTest.start();
    const one = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
    await one.follow();
    await one.confirm();
    const realServers = [{ address: HOST, managed: false }];
    const made = await api.createService({ address: VIP, drainSeconds: 60, realServers });
    const path = `/v1/virtual-services/${made.id}/real-servers/${made.realServers[0]?.id ?? ''}`;
    return new UnmanagedLab(api, one, made.id, path);
  }

  async close(): Promise<void> {
    this.one.leave();
    await this.api.close();
  }

  attest(ticket = 'CHG7') {
    return this.api.send('put', `${this.path}/attestation`).set('X-Change-Ticket', ticket);
  }

  withdraw() {
    return this.api.delete(`${this.path}/attestation`);
  }

  /** What the director says next of the one server, as it is asked now. */
  async found(director: TestNode, changes: Partial<SilenceFact> = {}): Promise<void> {
    await director.caughtUp();
    const probes = director.service(this.id)?.silenceProbes ?? [];
    const silence = probes.map((probe) => silent(probe, changes));
    await director.report(director.directorReport({ silence }));
  }

  async weights(): Promise<Record<string, number>> {
    await this.one.caughtUp();
    return this.one.weights(this.id);
  }

  /** As though the director had been silent for so long. */
  async away(director: TestNode, interval: string): Promise<void> {
    await this.api.query('UPDATE node_status SET last_seen_at = now() - $2::interval WHERE node_id = $1', [
      director.id,
      interval,
    ]);
  }

  /** As time would. */
  async endDrain(): Promise<void> {
    await this.api.query('UPDATE drain SET until = now()');
  }

  /** Now, and not when the housekeeping next does it. */
  endWaits(): Promise<void> {
    return endWaits(this.api.dataSource, this.api.part(Transactions));
  }

  async condition(type: string): Promise<{ status: string; reason: string; message: string }> {
    const { body } = await this.api.get(this.path).expect(200);
    return body.status.conditions.find((each: { type: string }) => each.type === type);
  }

  /** Attests the server, and has the director find it silent. */
  async admit(): Promise<void> {
    await this.attest().expect(200);
    await this.found(this.one);
    const weights = await this.weights();
    if (weights[HOST] !== 1000) throw new Error(`it was not admitted: ${JSON.stringify(weights)}`);
  }
}
