/**
 * A director's work: brings table and VIPs of this host in line with the documents, and says what is in force.
 * Order: a VIP that leaves goes before its elements do, and one that comes is taken when its elements are there.
 * It must never do work in proportion to all services for a change of one.
 */
import type { Document, ServiceDocument } from '../contract/documents.js';
import type { Fault, ReportedCondition, ReportedHost } from '../contract/report.js';
import { loadIdentity } from '../link/node-identity.js';
import type { Change, DirectorPart, NodeWork } from '../link/node-work.js';
import type { CommandRunner } from '../platform/command-runner.js';
import { hasBody, type ForwardingDriver, type Refusals } from './drivers/forwarding-driver.js';
import { faultsOf } from './faults.js';
import { sameGround } from './ground.js';
import { Announcer } from './network/announcer.js';
import { Ipv6Takeover } from './network/ipv6-takeover.js';
import { readDefaultRoutes } from './network/default-routes.js';
import { readInterfaces } from './network/host-interface.js';
import { survey, type Survey } from './network/survey.js';
import { VipAddresses } from './network/vip-addresses.js';
import { Vips, type VipMove } from './vips.js';

export interface EngineOptions {
  readonly driver: ForwardingDriver;
  readonly commands: CommandRunner;
  readonly stateDir: string;
  /** Interface that the operator named. */
  readonly interface: string | undefined;
}

export class Engine implements NodeWork<ServiceDocument> {
  readonly role = 'director';

  private readonly announcer: Announcer;
  private readonly vips: Vips;
  private version: Promise<string> | undefined;
  private place: Survey | undefined;

  constructor(private readonly options: EngineOptions) {
    this.announcer = new Announcer(options.commands);
    const { commands, stateDir } = options;
    this.vips = new Vips(new VipAddresses(commands), this.announcer, new Ipv6Takeover(commands, stateDir));
  }

  async reconcile(
    documents: ReadonlyMap<string, Document<ServiceDocument>>,
    seed: number,
  ): Promise<readonly Fault[]> {
    const wanted = [...documents.values()].filter(hasBody);
    const { driver } = this.options;
    this.place = await this.survey(seed);
    const { ground, vipDevice } = this.place;
    await this.vips.startOver(new Set(wanted.map(({ body }) => body.address)), vipDevice);
    const refusals = await driver.reconcile(wanted, ground);
    await this.vips.take(
      [...driver.inForce.values()].map(({ body }) => ({ from: undefined, to: body.address })),
    );
    return this.faults(wanted, refusals);
  }

  async apply(changes: readonly Change<ServiceDocument>[], seed: number): Promise<readonly Fault[]> {
    const documents = changes.map(({ after }) => after);
    if (await this.groundMoved(documents, seed)) return this.reconcile(this.inForceWith(documents), seed);
    const { driver } = this.options;
    const before = new Map(documents.map(({ key }) => [key, this.vipOf(key)]));
    await this.vips.release(documents.map(({ key, body }) => ({ from: before.get(key), to: body?.address })));
    const refusals = await driver.apply(documents);
    await this.vips.take(
      documents.map(({ key }): VipMove => ({ from: before.get(key), to: this.vipOf(key) })),
    );
    return this.faults(documents, refusals);
  }

  async describe(): Promise<DirectorPart> {
    const { driver, commands } = this.options;
    this.version ??= driver.version();
    return {
      role: this.role,
      host: await describeHost(commands),
      engine: { driver: driver.name, version: await this.version },
      capabilities: driver.capabilities,
      conditions: this.conditions(),
    };
  }

  private conditions(): readonly ReportedCondition[] {
    return [this.announcer.condition];
  }

  private faults(documents: Iterable<Document<ServiceDocument>>, refusals: Refusals): readonly Fault[] {
    if (this.place === undefined) return [];
    const { inForce } = this.options.driver;
    return faultsOf(documents, { refusals, inForce, ground: this.place.ground, unheld: this.vips.unheld });
  }

  private vipOf(key: string): string | undefined {
    return this.options.driver.inForce.get(key)?.body.address;
  }

  /** Whether all has to be laid anew. The host is read only when a server seems to lie nowhere. */
  private async groundMoved(documents: readonly Document<ServiceDocument>[], seed: number): Promise<boolean> {
    if (this.place === undefined || this.place.ground.seed !== seed) return true;
    const { ground, vipDevice } = this.place;
    const lost = documents.some(({ body }) =>
      body?.servers.some(({ address }) => ground.segments.deviceFor(address) === undefined),
    );
    if (!lost) return false;
    const now = await this.survey(seed);
    return now.vipDevice !== vipDevice || !sameGround(now.ground, ground);
  }

  private inForceWith(
    documents: readonly Document<ServiceDocument>[],
  ): ReadonlyMap<string, Document<ServiceDocument>> {
    const all = new Map<string, Document<ServiceDocument>>(this.options.driver.inForce);
    for (const document of documents) all.set(document.key, document);
    return all;
  }

  private async survey(seed: number): Promise<Survey> {
    const { commands, stateDir, interface: named } = this.options;
    const joined = (await loadIdentity(stateDir, this.role))?.addresses ?? [];
    return survey(commands, { seed, named, joined });
  }
}

async function describeHost(commands: CommandRunner): Promise<ReportedHost> {
  const interfaces = await readInterfaces(commands);
  const { gateways } = await readDefaultRoutes(commands);
  return {
    interfaces: interfaces
      .filter(({ loopback }) => !loopback)
      .map(({ name, mac, up, mtu, addresses }) => ({
        name,
        mac,
        up,
        mtu,
        addresses: addresses
          .filter(({ ours }) => !ours)
          .map(({ address, prefixLength }) => `${address}/${prefixLength}`),
      })),
    gateways,
  };
}
