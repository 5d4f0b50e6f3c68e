/** Prometheus metrics of this process, and of the installation as the database has it at the moment of asking. */
import { Inject, Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { DocumentFeed } from '../delivery/document-feed.js';
import { EventFeed } from '../events/event-feed.js';

interface Counts {
  services: number;
  servers: number;
  revision: number;
  events: number;
  lag: number | null;
  nodes: {
    role: string;
    name: string;
    behind: number;
    faults: number;
    drifts: number | null;
    healthy: number;
    unhealthy: number;
    unknown: number;
    seconds: number | null;
  }[];
}

const SQL = `
  SELECT (SELECT count(*)::integer FROM virtual_service) AS services,
    (SELECT count(*)::integer FROM real_server) AS servers,
    (SELECT revision::float8 FROM cluster) AS revision,
    (SELECT position::float8 FROM event_log) AS events,
    (SELECT extract(epoch FROM now() - min(w.since))::float8 FROM (
      SELECT min(at) AS since FROM touched_fact UNION ALL SELECT min(since) FROM due_status UNION ALL
      (SELECT created_at FROM revision WHERE number > (SELECT revision FROM event_log) ORDER BY number LIMIT 1)) AS w) AS lag,
    (SELECT coalesce(json_agg(json_build_object('role', n.role, 'name', n.name,
        'behind', greatest(0, coalesce(d.version, 0) - CASE WHEN s.epoch = c.epoch THEN s.version ELSE 0 END),
        'faults', (SELECT count(*) FROM fault f WHERE f.node_id = n.id),
        'drifts', (s.drift->>'total')::float8,
        'healthy', h.healthy, 'unhealthy', h.unhealthy, 'unknown', h.unknown,
        'seconds', extract(epoch FROM now() - s.last_seen_at)) ORDER BY n.role, n.name), '[]')
     FROM node n CROSS JOIN cluster c CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE f.healthy) AS healthy, count(*) FILTER (WHERE NOT f.healthy) AS unhealthy,
         count(*) FILTER (WHERE f.healthy IS NULL) AS unknown FROM health_fact f WHERE f.node_id = n.id) AS h
     LEFT JOIN node_status s ON s.node_id = n.id
     LEFT JOIN document_scope d ON d.scope = CASE n.role WHEN 'director' THEN 'directors' ELSE n.id::text END) AS nodes`;

@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  readonly contentType = this.registry.contentType;
  private readonly services = this.gauge('homeward_virtual_services', 'Virtual services.');
  private readonly servers = this.gauge('homeward_real_servers', 'Real servers.');
  private readonly revision = this.gauge('homeward_revision', 'Last revision of the intent.');
  private readonly behind = this.gauge(
    'homeward_node_behind_versions',
    'Versions between the newest document of a node and the last one that it has confirmed; 0: it has taken all.',
    ['role', 'name'],
  );
  private readonly faults = this.gauge(
    'homeward_node_faults',
    'Documents that a node has taken and could not put in force; 0: whatever it has taken is in force.',
    ['role', 'name'],
  );
  private readonly seconds = this.gauge(
    'homeward_node_last_seen_seconds',
    'Seconds since a node was last heard of.',
    ['role', 'name'],
  );

  private readonly health = this.gauge(
    'homeward_director_checked_servers',
    'Real servers that a director checks on the VIP, by what it found last: healthy, unhealthy or unknown.',
    ['name', 'health'],
  );

  /** Counted by the node, which begins anew when it starts; that is what a counter may do. */
  private readonly drifts = new Counter({
    name: 'homeward_node_drifts_total',
    help: 'Times that a node found undone on its host what was as it shall be, since it started.',
    labelNames: ['role', 'name'],
    registers: [this.registry],
  });

  private readonly streams = this.gauge('homeward_open_streams', 'Nodes that stream from this process.');

  private readonly events = this.gauge('homeward_events', 'Position of the last event that was recorded.');
  private readonly lag = this.gauge(
    'homeward_event_lag_seconds',
    'Since when the oldest waits that events are to be made of; 0 where nothing waits.',
  );
  private readonly readers = this.gauge(
    'homeward_event_streams',
    'Readers of events that stream from this process.',
  );
  private readonly cutOffs = new Counter({
    name: 'homeward_event_streams_cut_total',
    help: 'Readers of events that were cut off: they took nothing, were too far behind, or lost their token.',
    registers: [this.registry],
  });

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(DocumentFeed) private readonly feed: DocumentFeed,
    @Inject(EventFeed) private readonly eventFeed: EventFeed,
  ) {
    collectDefaultMetrics({ register: this.registry });
  }

  async text(): Promise<string> {
    const [counts]: Counts[] = await this.dataSource.query(SQL);
    if (counts !== undefined) this.take(counts);
    this.streams.set(this.feed.openStreams);
    this.readers.set(this.eventFeed.openStreams);
    this.cutOffs.reset();
    this.cutOffs.inc(this.eventFeed.cutOffs);
    return this.registry.metrics();
  }

  private take({ services, servers, revision, events, lag, nodes }: Counts): void {
    this.services.set(services);
    this.servers.set(servers);
    this.revision.set(revision);
    this.events.set(events);
    this.lag.set(Math.max(0, lag ?? 0));
    this.behind.reset();
    this.faults.reset();
    this.seconds.reset();
    this.drifts.reset();
    this.health.reset();
    for (const { role, name, behind, faults, drifts, seconds, ...found } of nodes) {
      this.behind.set({ role, name }, behind);
      this.faults.set({ role, name }, faults);
      if (drifts !== null) this.drifts.inc({ role, name }, drifts);
      if (seconds !== null) this.seconds.set({ role, name }, seconds);
      if (role !== 'director') continue;
      for (const health of ['healthy', 'unhealthy', 'unknown'] as const)
        this.health.set({ name, health }, found[health]);
    }
  }

  private gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
