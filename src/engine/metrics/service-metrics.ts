/**
 * Prometheus metrics of a director's services, from one reading of its kernel. The series are bounded: four for each
 * service, and none for a service beyond the limit, which is said in a series of its own.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import type { ServiceInForce, ServiceTotals } from '../drivers/forwarding-driver.js';

/** More would be some megabytes at every collection. */
const MOST_SERVICES = 10_000;
const LABELS = ['service', 'vip', 'protocol', 'port'] as const;

/** The text, and its media type. */
export interface MetricsText {
  readonly text: string;
  readonly contentType: string;
}

export async function serviceMetrics(
  inForce: readonly ServiceInForce[],
  { byNumber }: ServiceTotals,
): Promise<MetricsText> {
  const registry = new Registry();
  const series = seriesIn(registry);
  const told = inForce.slice(0, MOST_SERVICES);
  series.services.set(inForce.length);
  series.leftOut.set(inForce.length - told.length);
  for (const { key, body } of told) {
    const { address: vip, protocol, port, endPort, number, servers } = body;
    const labels = {
      service: key,
      vip,
      protocol,
      port: endPort > port ? `${port}-${endPort}` : `${port}`,
    };
    const { packets = 0, bytes = 0, flows = null } = byNumber.get(number) ?? {};
    series.packets.inc(labels, packets);
    series.bytes.inc(labels, bytes);
    if (flows !== null) series.flows.set(labels, flows);
    series.servers.set(labels, servers.filter(({ weight }) => weight > 0).length);
  }
  return { text: await registry.metrics(), contentType: registry.contentType };
}

/** A registry of its own for each reading: what is gone is told no more. */
function seriesIn(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const ofService = { labelNames: LABELS, registers };
  return {
    services: gauge('homeward_director_services', 'Virtual services in force on this director.'),
    leftOut: gauge(
      'homeward_director_services_left_out',
      `Virtual services in force without metrics, for there are more than ${MOST_SERVICES}.`,
    ),
    packets: new Counter({
      name: 'homeward_director_service_packets_total',
      help: 'Packets from clients to a virtual service, since the director put it in its kernel.',
      ...ofService,
    }),
    bytes: new Counter({
      name: 'homeward_director_service_bytes_total',
      help: 'Octets of these packets, with their IP headers.',
      ...ofService,
    }),
    flows: new Gauge({
      name: 'homeward_director_service_flows',
      help: 'Flows that the director remembers; left out where there are too many to be counted in three seconds.',
      ...ofService,
    }),
    servers: new Gauge({
      name: 'homeward_director_service_servers',
      help: 'Real servers that get new flows: admitted, healthy, and of a weight above 0.',
      ...ofService,
    }),
  };
}
