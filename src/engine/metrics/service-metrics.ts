/**
 * Prometheus metrics of a director's services and their real servers, from one reading of its kernel. The series are
 * bounded: four for each service, three for each real server, and none for those beyond a limit, which is said in series of
 * their own.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import type { Counted, ServiceInForce, ServiceTotals } from '../drivers/forwarding-driver.js';

/** More would be some megabytes at every collection. */
const MOST_SERVICES = 10_000;
const MOST_SERVERS = 10_000;
const LABELS = ['service', 'vip', 'protocol', 'port'] as const;
const SERVER_LABELS = [...LABELS, 'real_server'] as const;

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
  let servers = 0;
  for (const { key, body } of told) {
    const { address: vip, protocol, port, endPort, number } = body;
    const labels = {
      service: key,
      vip,
      protocol,
      port: endPort > port ? `${port}-${endPort}` : `${port}`,
    };
    const counted = byNumber.get(number);
    setCounted(series.service, labels, counted);
    series.servers.set(labels, body.servers.filter(({ weight }) => weight > 0).length);
    for (const server of body.servers) {
      if (servers++ >= MOST_SERVERS) continue;
      setCounted(
        series.server,
        { ...labels, real_server: server.address },
        counted?.servers.get(server.number),
      );
    }
  }
  series.serversLeftOut.set(Math.max(0, servers - MOST_SERVERS));
  return { text: await registry.metrics(), contentType: registry.contentType };
}

interface CountedSeries<L extends string> {
  readonly packets: Counter<L>;
  readonly bytes: Counter<L>;
  readonly flows: Gauge<L>;
}

function setCounted<L extends string>(
  { packets, bytes, flows }: CountedSeries<L>,
  labels: Record<L, string>,
  counted: Counted = { packets: 0, bytes: 0, flows: null },
): void {
  packets.inc(labels, counted.packets);
  bytes.inc(labels, counted.bytes);
  if (counted.flows !== null) flows.set(labels, counted.flows);
}

/** A registry of its own for each reading: what is gone is told no more. */
function seriesIn(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  return {
    services: gauge('homeward_director_services', 'Virtual services in force on this director.'),
    leftOut: gauge(
      'homeward_director_services_left_out',
      `Virtual services in force without metrics, for there are more than ${MOST_SERVICES}.`,
    ),
    serversLeftOut: gauge(
      'homeward_director_real_servers_left_out',
      `Real servers of the other services without metrics, for there are more than ${MOST_SERVERS}.`,
    ),
    service: countedSeries(registry, 'service', 'to a virtual service', LABELS),
    server: countedSeries(registry, 'real_server', 'sent to a real server', SERVER_LABELS),
    servers: new Gauge({
      name: 'homeward_director_service_servers',
      help: 'Real servers that get new flows: admitted, healthy, and of a weight above 0.',
      labelNames: LABELS,
      registers,
    }),
  };
}

function countedSeries<L extends string>(
  registry: Registry,
  what: string,
  where: string,
  labelNames: readonly L[],
): CountedSeries<L> {
  const common = { labelNames, registers: [registry] };
  return {
    packets: new Counter({
      name: `homeward_director_${what}_packets_total`,
      help: `Packets from clients ${where}, since the director put it in its kernel.`,
      ...common,
    }),
    bytes: new Counter({
      name: `homeward_director_${what}_bytes_total`,
      help: 'Octets of these packets, with their IP headers.',
      ...common,
    }),
    flows: new Gauge({
      name: `homeward_director_${what}_flows`,
      help: 'Flows that the director remembers; left out where there are too many to be counted in three seconds.',
      ...common,
    }),
  };
}
