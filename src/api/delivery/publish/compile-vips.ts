/**
 * Compiles the document of each VIP that a host shall hold. A VIP stays while an enabled server of that host needs it,
 * and longer while a director may still send packets there.
 */
import type { EntityManager } from 'typeorm';
import { vipDocument } from '../../../compiler/vip-document.js';
import { knownAddress } from '../../../domain/address.js';
import type { HostedService } from '../../../domain/service-question.js';
import type { VirtualService } from '../../../domain/virtual-service.js';
import type { VipOnHost } from '../../store/observe-real-servers.js';
import { namedBy, unstoredRelease } from './mentions.js';
import { placeOf, STORED_DIGESTS, type Compiled, type StoredAt } from './write-documents.js';

/** With what is stored in its place, which the same statement reads: every writer waits for this one. */
export interface CompiledVip extends Compiled {
  readonly stored: StoredAt;
}

interface Need {
  /** Names the VIP and its node, as scope and key of their document. */
  readonly stored: StoredAt;
  readonly service: HostedService | null;
  readonly mentioned: boolean;
}

/** What a change makes, and nobody has stored. */
export interface Unstored {
  /** Ids of all services that it is about, those that go included. */
  readonly changed: readonly string[];
  /** As they would be. */
  readonly services: readonly VirtualService[];
  /** The directors' documents that would move. */
  readonly moved: readonly Compiled[];
}

const ALL_IS_STORED: Unstored = { changed: [], services: [], moved: [] };

/** @param unstored what is to be looked at in place of what is stored. */
export async function compileVips(
  manager: EntityManager,
  pairs: readonly VipOnHost[],
  unstored = ALL_IS_STORED,
): Promise<CompiledVip[]> {
  if (pairs.length === 0) return [];
  const needs = await readNeeds(manager, pairs, unstored);
  const byVip = new Map<string, Need[]>();
  for (const need of needs) {
    const place = placeOf(need.stored);
    const known = byVip.get(place);
    if (known === undefined) byVip.set(place, [need]);
    else known.push(need);
  }
  return [...byVip.values()].flatMap(compileOne);
}

function compileOne(needs: readonly Need[]): CompiledVip[] {
  const [first] = needs;
  if (first === undefined) return [];
  const services = needs.flatMap(({ service }) => (service === null ? [] : [service]));
  // Nobody wants it any more, but a director may still send packets: it stays just as it is.
  if (services.length === 0 && first.mentioned) return [];
  const { scope, key } = first.stored;
  return [{ scope, key, body: vipDocument(knownAddress(key), services), stored: first.stored }];
}

const LEAVES = 'SELECT 1 FROM node_status l WHERE l.node_id = w.node_id AND l.leaving';

/** SQL that is true where the service `s` wants its VIP on the node of `w`. Nobody wants one where the agent leaves. */
export const WANTED_ON_NODE = `s.enabled AND NOT EXISTS (${LEAVES}) AND EXISTS (
       SELECT 1 FROM real_server r JOIN node_address a ON a.address = r.address
       WHERE r.virtual_service_id = s.id AND a.node_id = w.node_id
         AND r.enabled AND r.forwarding_method = 'direct-return')`;

/**
 * $1 and $2: VIPs and hosts; from $3 on what is not stored, see `unstoredParameters`. There may be 10,000 of all of these, and
 * each is looked up by its VIP: gone through for each of the others, they would take minutes.
 */
const NEEDS = `
  WITH wanted AS (
    SELECT DISTINCT w.vip, n.id AS node_id, n.id::text AS scope, host(w.vip) AS key FROM unnest($1::inet[], $2::inet[]) AS w (vip, host)
    JOIN node_address a ON a.address = w.host JOIN node n ON n.id = a.node_id AND n.role = 'agent')
  SELECT ${STORED_DIGESTS}, s.protocol, s.port, s.end_port, s.health_check,
    EXISTS (SELECT 1 FROM mention m JOIN node_address a ON a.address = m.host
            WHERE m.vip = w.vip AND a.node_id = w.node_id AND NOT (${unstoredRelease('$5', '$6')})) AS mentioned
  FROM wanted w
  LEFT JOIN LATERAL (
    SELECT protocol, port, end_port, health_check FROM virtual_service s
    WHERE s.address = w.vip AND s.id NOT IN (SELECT unnest($3::uuid[])) AND ${WANTED_ON_NODE}
    UNION ALL
    SELECT protocol, port, end_port, health_check
    FROM jsonb_to_recordset(coalesce($4::jsonb -> w.key, '[]'))
      AS u (protocol text, port integer, end_port integer, health_check jsonb, hosts inet[])
    WHERE NOT EXISTS (${LEAVES})
      AND EXISTS (SELECT 1 FROM node_address a WHERE a.node_id = w.node_id AND a.address = ANY (u.hosts))
    OFFSET 0) AS s ON true`;

/** At least one row for each VIP of a node; hosts that no agent has joined for are left out. */
async function readNeeds(
  manager: EntityManager,
  pairs: readonly VipOnHost[],
  unstored: Unstored,
): Promise<Need[]> {
  const rows: (StoredAt & {
    protocol: 'tcp' | 'udp' | null;
    port: number;
    end_port: number | null;
    health_check: HostedService['healthCheck'];
    mentioned: boolean;
  })[] = await manager.query(NEEDS, [
    pairs.map(({ vip }) => vip),
    pairs.map(({ host }) => host),
    ...unstoredParameters(unstored),
  ]);
  return rows.map(({ protocol, port, end_port, health_check, mentioned, ...stored }) => ({
    stored,
    service: protocol === null ? null : { protocol, port, endPort: end_port, healthCheck: health_check },
    mentioned,
  }));
}

/** Services that are not looked up, those that are looked at in their place by their VIP, and what directors would be told of them. */
function unstoredParameters({ changed, services, moved }: Unstored): unknown[] {
  const wanting: Record<string, object[]> = {};
  for (const service of services) {
    if (service.enabled) (wanting[service.address] ??= []).push(wantingHosts(service));
  }
  return [changed, JSON.stringify(wanting), moved.map(({ key }) => key), JSON.stringify(namedBy(moved))];
}

function wantingHosts(service: VirtualService): object {
  const { protocol, port, endPort: end_port, healthCheck: health_check, realServers } = service;
  const hosts = realServers
    .filter(({ enabled, forwardingMethod }) => enabled && forwardingMethod === 'direct-return')
    .map(({ address }) => address);
  return { protocol, port, end_port, health_check, hosts };
}
