/**
 * Ends a drain before its time when its server has no flow left: every director has the document in force by which no new
 * flow goes there, and has counted none, twice in a row. A director that is away, cannot tell, or could not count all
 * flows leaves the drain to its time. Few services are asked about at once, and by one process of all, for counting
 * costs the directors.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StatsTold } from '../../contract/told.js';
import { ChangeListener } from './change-listener.js';
import { DIRECTORS_SCOPE } from './publish/write-documents.js';
import { AskDirectors } from './questions/ask-directors.js';

const SERVICES_AT_A_TIME = 8;
/** Counting very many flows takes a director three seconds; then it says that it is not done. */
const WITHIN_MS = 5_000;

/** A director that has not confirmed the document may still begin flows there. */
const DRAINING = `
  SELECT r.virtual_service_id AS "serviceId", array_agg(r.server_number) AS numbers FROM drain r
  JOIN document d ON d.scope = '${DIRECTORS_SCOPE}' AND d.key = r.virtual_service_id::text
  WHERE r.until > now() AND NOT EXISTS (
    SELECT 1 FROM node n LEFT JOIN node_status s ON s.node_id = n.id
    WHERE n.role = 'director' AND n.joined_at IS NOT NULL AND (
      s.version IS NULL OR s.version < d.version OR s.epoch IS DISTINCT FROM (SELECT epoch FROM cluster)
      OR EXISTS (SELECT 1 FROM fault f WHERE f.node_id = n.id AND f.key = d.key)))
  GROUP BY r.virtual_service_id ORDER BY r.virtual_service_id`;

const END = `UPDATE drain SET until = now() - interval '1 second' WHERE server_number = ANY ($1) AND until > now()`;

const SHOW = `
  UPDATE drain d SET flows = c.flows FROM unnest($1::integer[], $2::integer[]) AS c (number, flows)
  WHERE d.server_number = c.number AND d.flows IS DISTINCT FROM c.flows`;

interface Count {
  readonly number: number;
  readonly flows: number | null;
}

interface DrainingService {
  readonly serviceId: string;
  readonly numbers: readonly number[];
}

@Injectable()
export class EndIdleDrains {
  /** Numbers of the servers without a flow when they were last asked about. */
  private idle: ReadonlySet<number> = new Set();
  /** The last service that was asked about; the next ones have their turn. */
  private last = '';

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AskDirectors) private readonly directors: AskDirectors,
    @Inject(ChangeListener) private readonly changes: ChangeListener,
  ) {}

  async pass(): Promise<void> {
    const draining = (await this.changes.isChosen()) ? await this.draining() : [];
    const asked = this.nextOf(draining);
    if (asked.length === 0) {
      this.idle = new Set();
      return;
    }
    const counted = (await Promise.all(asked.map((each) => this.countsOf(each)))).flat();
    await this.dataSource.query(SHOW, [
      counted.map(({ number }) => number),
      counted.map(({ flows }) => flows),
    ]);
    const found = new Set(counted.filter(({ flows }) => flows === 0).map(({ number }) => number));
    const ended = [...found].filter((number) => this.idle.has(number));
    const others = draining.filter((each) => !asked.includes(each)).flatMap(({ numbers }) => numbers);
    this.idle = new Set([...others.filter((number) => this.idle.has(number)), ...found]);
    if (ended.length > 0) await this.dataSource.query(END, [ended]);
  }

  private draining(): Promise<DrainingService[]> {
    return this.dataSource.query(DRAINING);
  }

  private nextOf(draining: readonly DrainingService[]): readonly DrainingService[] {
    const after = draining.filter(({ serviceId }) => serviceId > this.last);
    const next = [...after, ...draining.filter((each) => !after.includes(each))].slice(0, SERVICES_AT_A_TIME);
    this.last = next.at(-1)?.serviceId ?? '';
    return next;
  }

  /** Of each draining server over all directors; null where not all of them could tell. */
  private async countsOf({ serviceId, numbers }: DrainingService): Promise<readonly Count[]> {
    const question = { kind: 'stats', service: serviceId } as const;
    const directors = await this.directors.directors();
    const said = await Promise.all(
      directors.map((director) => this.directors.one(director, question, WITHIN_MS)),
    );
    const told = said.flatMap((each) => each.told ?? []);
    const known = told.length > 0 && told.length === said.length && told.every((each) => each.flowsComplete);
    return numbers.map((number) => ({
      number,
      flows: known ? told.reduce((sum, each) => sum + flowsTo(number, each), 0) : null,
    }));
  }
}

/** Where a director does not name the server, it sends nothing there. */
function flowsTo(server: number, { servers }: StatsTold): number {
  return servers.find(({ number }) => number === server)?.flows ?? 0;
}
