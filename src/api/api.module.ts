/** Puts the API together. Everything that outlives a request is made by whoever starts it, and handed in. */
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { Logger } from '../platform/logger.js';
import { CapabilitiesController } from './capabilities/capabilities.controller.js';
import { ChangeVirtualService } from './changes/change-virtual-service.js';
import { ApplyConfiguration } from './configuration/apply-configuration.js';
import { ConfigurationController } from './configuration/configuration.controller.js';
import { ExportConfiguration } from './configuration/export-configuration.js';
import { ChangeListener } from './delivery/change-listener.js';
import { DocumentFeed } from './delivery/document-feed.js';
import { DocumentsController } from './delivery/documents.controller.js';
import { EndIdleDrains } from './delivery/end-idle-drains.js';
import { Housekeeping } from './delivery/housekeeping.js';
import { AnswersController } from './delivery/questions/answers.controller.js';
import { AskDirectors } from './delivery/questions/ask-directors.js';
import { AskNodes } from './delivery/questions/ask-nodes.js';
import { PassQuestions } from './delivery/questions/pass-questions.js';
import { ReportController } from './delivery/reports/report.controller.js';
import { RefusedReports } from './delivery/reports/refused-reports.js';
import { ReportQueue } from './delivery/reports/report-queue.js';
import { StreamOpening } from './delivery/stream-opening.js';
import { DiagnoseRealServer } from './diagnosis/diagnose-real-server.js';
import { DiagnosisController } from './diagnosis/diagnosis.controller.js';
import { EventFeed } from './events/event-feed.js';
import { EventRetention } from './events/event-retention.js';
import { EventsController } from './events/events.controller.js';
import { ReadEvents } from './events/read-events.js';
import { EventRecorder } from './events/record/event-recorder.js';
import { HealthController } from './health/health.controller.js';
import { ApiLogger } from './http/api-logger.js';
import { CredentialLookup } from './http/credential-lookup.js';
import { InstallationController } from './installation/installation.controller.js';
import { InstallationFiles } from './installation/installation-files.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { JoinController } from './nodes/join.controller.js';
import { JoinNode } from './nodes/join-node.js';
import { NodesController } from './nodes/nodes.controller.js';
import { PublicUrl } from './nodes/public-url.js';
import { ReadNodes } from './nodes/read-nodes.js';
import { WriteNodes } from './nodes/write-nodes.js';
import { MakePlans } from './plans/make-plans.js';
import { OnlyPlannableInterceptor } from './plans/only-plannable.interceptor.js';
import { ProgressController } from './progress/progress.controller.js';
import { ReadProgress } from './progress/read-progress.js';
import { PlanWrites } from './plans/plan-writes.js';
import { PlansController } from './plans/plans.controller.js';
import { AttestRealServers } from './real-servers/attest-real-servers.js';
import { AttestationController } from './real-servers/attestation.controller.js';
import { BulkRealServers } from './real-servers/bulk-real-servers.js';
import { BulkRealServersController } from './real-servers/bulk-real-servers.controller.js';
import { MakeSetupScript } from './real-servers/make-setup-script.js';
import { ReadRealServers } from './real-servers/read-real-servers.js';
import { RealServersController } from './real-servers/real-servers.controller.js';
import { SetupController } from './real-servers/setup.controller.js';
import { WriteRealServers } from './real-servers/write-real-servers.js';
import { ReadDifference } from './revisions/read-difference.js';
import { ReadRevisions } from './revisions/read-revisions.js';
import { RevisionsController } from './revisions/revisions.controller.js';
import { RollBack } from './revisions/roll-back.js';
import { StatusController } from './status/status.controller.js';
import { DatabaseUrl } from './store/database-url.js';
import { Transactions } from './store/transactions.js';
import { StoredCredentials } from './tokens/stored-credentials.js';
import { AskMovedFlows } from './foretelling/ask-moved-flows.js';
import { AskAboutService } from './traffic/ask-about-service.js';
import { ListFlows } from './traffic/list-flows.js';
import { TrafficController } from './traffic/traffic.controller.js';
import { BulkVirtualServicesController } from './virtual-services/bulk-virtual-services.controller.js';
import { ReadVirtualServices } from './virtual-services/read-virtual-services.js';
import { VirtualServicesController } from './virtual-services/virtual-services.controller.js';
import { WriteVirtualServices } from './virtual-services/write-virtual-services.js';
import { InForceWaits } from './waiting/in-force-waits.js';
import { RevisionWaits } from './waiting/revision-waits.js';
import { ShownNow } from './waiting/shown-now.js';

export interface ApiResources {
  readonly dataSource: DataSource;
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** Where nodes reach the API, where that is not how operators reach it. */
  readonly publicUrl?: string | undefined;
  /** How many days events are kept for; 30 by default. */
  readonly eventDays?: number | undefined;
}

const FEATURES = {
  controllers: [
    BulkVirtualServicesController,
    VirtualServicesController,
    BulkRealServersController,
    RealServersController,
    StatusController,
    DiagnosisController,
    TrafficController,
    AttestationController,
    SetupController,
    NodesController,
    CapabilitiesController,
    ConfigurationController,
    RevisionsController,
    ProgressController,
    EventsController,
    PlansController,
    HealthController,
    MetricsController,
    DocumentsController,
    ReportController,
    AnswersController,
    JoinController,
    InstallationController,
  ],
  providers: [
    Transactions,
    ChangeVirtualService,
    ReadVirtualServices,
    WriteVirtualServices,
    ReadRealServers,
    WriteRealServers,
    BulkRealServers,
    DiagnoseRealServer,
    AskAboutService,
    ListFlows,
    AttestRealServers,
    MakeSetupScript,
    ReadNodes,
    WriteNodes,
    JoinNode,
    InstallationFiles,
    ExportConfiguration,
    ApplyConfiguration,
    ReadRevisions,
    ReadDifference,
    RollBack,
    ReadEvents,
    EventRecorder,
    EventFeed,
    MakePlans,
    PlanWrites,
    { provide: APP_INTERCEPTOR, useClass: OnlyPlannableInterceptor },
    Metrics,
    ChangeListener,
    DocumentFeed,
    StreamOpening,
    ReportQueue,
    InForceWaits,
    RevisionWaits,
    ShownNow,
    ReadProgress,
    RefusedReports,
    PassQuestions,
    AskNodes,
    AskDirectors,
    AskMovedFlows,
    EndIdleDrains,
    Housekeeping,
    { provide: CredentialLookup, useClass: StoredCredentials },
  ],
};

const EVENT_DAYS = 30;

@Module({})
export class ApiModule {
  static with({ dataSource, databaseUrl, logger, publicUrl, eventDays }: ApiResources): DynamicModule {
    return {
      module: ApiModule,
      controllers: FEATURES.controllers,
      providers: [
        ...FEATURES.providers,
        { provide: DataSource, useValue: dataSource },
        { provide: DatabaseUrl, useValue: new DatabaseUrl(databaseUrl) },
        { provide: EventRetention, useValue: new EventRetention(eventDays ?? EVENT_DAYS) },
        { provide: PublicUrl, useValue: new PublicUrl(publicUrl) },
        { provide: ApiLogger, useValue: new ApiLogger(logger) },
      ],
    };
  }
}
