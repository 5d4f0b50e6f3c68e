/**
 * The one connection pool to PostgreSQL and the list of rows it knows. The schema comes from migrations/ alone;
 * it is never synchronized from the row classes.
 */
import { DataSource } from 'typeorm';
import { CountDocuments1795406400006 } from '../../../migrations/1795406400006-count-documents.js';
import { FirstSchema1795406400000 } from '../../../migrations/1795406400000-create-first-schema.js';
import { HealthThroughTheVip1795406400003 } from '../../../migrations/1795406400003-check-health-through-the-vip.js';
import { CountFlowsOfDrains1795406400004 } from '../../../migrations/1795406400004-count-flows-of-drains.js';
import { WhatDirectorsHear1795406400005 } from '../../../migrations/1795406400005-remember-what-directors-hear.js';
import { KeptAnswers1795406400009 } from '../../../migrations/1795406400009-keep-answers.js';
import { Questions1795406400007 } from '../../../migrations/1795406400007-create-questions.js';
import { FindVirtualServices1795406400010 } from '../../../migrations/1795406400010-find-virtual-services.js';
import { FlowAffinity1795406400011 } from '../../../migrations/1795406400011-add-flow-affinity.js';
import { Events1795406400014 } from '../../../migrations/1795406400014-create-events.js';
import { JudgePlacesAtTheEnd1795406400015 } from '../../../migrations/1795406400015-judge-places-at-the-end-of-statements.js';
import { CountWhatNodesTell1795406400016 } from '../../../migrations/1795406400016-count-what-nodes-tell.js';
import { PreparingClient } from './preparing-client.js';
import { AuditEntryRow } from './rows/audit-entry.row.js';
import { ClusterRow } from './rows/cluster.row.js';
import { DocumentScopeRow } from './rows/document-scope.row.js';
import { DocumentRow } from './rows/document.row.js';
import { DrainRow } from './rows/drain.row.js';
import { DueStatusRow } from './rows/due-status.row.js';
import { EventLogRow } from './rows/event-log.row.js';
import { EventRow } from './rows/event.row.js';
import { FaultRow } from './rows/fault.row.js';
import { HealthFactRow } from './rows/health-fact.row.js';
import { KeptAnswerRow } from './rows/kept-answer.row.js';
import { MentionRow } from './rows/mention.row.js';
import { NodeAddressRow } from './rows/node-address.row.js';
import { NodeStatusRow } from './rows/node-status.row.js';
import { NodeRow } from './rows/node.row.js';
import { QuestionRow } from './rows/question.row.js';
import { RealServerRow } from './rows/real-server.row.js';
import { RevisionRow } from './rows/revision.row.js';
import { SilenceFactRow } from './rows/silence-fact.row.js';
import { TokenRow } from './rows/token.row.js';
import { ToldNodeRow } from './rows/told-node.row.js';
import { ToldStatusRow } from './rows/told-status.row.js';
import { TouchedFactRow } from './rows/touched-fact.row.js';
import { VipFactRow } from './rows/vip-fact.row.js';
import { VirtualServiceRow } from './rows/virtual-service.row.js';

const ROWS = [
  AuditEntryRow,
  ClusterRow,
  DocumentRow,
  DocumentScopeRow,
  DrainRow,
  DueStatusRow,
  EventLogRow,
  EventRow,
  FaultRow,
  HealthFactRow,
  KeptAnswerRow,
  MentionRow,
  NodeAddressRow,
  NodeRow,
  NodeStatusRow,
  QuestionRow,
  RealServerRow,
  RevisionRow,
  SilenceFactRow,
  ToldNodeRow,
  ToldStatusRow,
  TokenRow,
  TouchedFactRow,
  VipFactRow,
  VirtualServiceRow,
];

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;

/** Settings of PostgreSQL for each connection. */
const SESSION = {
  // Milliseconds. A statement that waits longer for a lock than this has met a fault, not a queue.
  lock_timeout: 10_000,
  // Milliseconds. No transaction of ours waits for anything but PostgreSQL: this one is of a process that was stopped, or of a
  // machine that is gone, and others wait for its locks.
  idle_in_transaction_session_timeout: 30_000,
  timezone: 'UTC',
  // Statements are written so that one plan is good for all their parameters; planning them anew for each change would
  // take longer than they do.
  plan_cache_mode: 'force_generic_plan',
  // A plan is kept until statistics are made anew. One that was made beside a few services would read all of them once for
  // each of the thousands that an import brings a moment later.
  enable_seqscan: 'off',
  // Where only reading all will do, such a plan looks as dear as compiling it would be worth.
  jit: 'off',
} as const;

/** @param url `postgres://…`, PostgreSQL 13 or later. */
export function createDataSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: ROWS,
    migrations: [
      FirstSchema1795406400000,
      HealthThroughTheVip1795406400003,
      CountFlowsOfDrains1795406400004,
      WhatDirectorsHear1795406400005,
      CountDocuments1795406400006,
      Questions1795406400007,
      KeptAnswers1795406400009,
      FindVirtualServices1795406400010,
      FlowAffinity1795406400011,
      Events1795406400014,
      JudgePlacesAtTheEnd1795406400015,
      CountWhatNodesTell1795406400016,
    ],
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    poolSize: POOL_SIZE,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: 'homeward',
    extra: {
      Client: PreparingClient,
      // Statements on one connection need not wait for each other's answers.
      pipeline: true,
      options: Object.entries(SESSION)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
  });
}
