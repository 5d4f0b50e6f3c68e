/** What a write would do, and what stands against it. The same for all writes. */
import { ApiProperty } from '@nestjs/swagger';
import type { DocumentBody } from '../../contract/documents.js';
import type { NeededApproval, RuleViolation } from '../../domain/failure.js';
import type { JudgedPlan } from '../changes/judge-plan.js';
import type { PlannedDocument } from '../changes/planned-objects.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';
import { PlannedNodesView } from '../foretelling/planned-nodes.view.js';
import { RevisionChangeView } from '../revisions/revision.view.js';
import { PlanTotalsView } from './plan-totals.view.js';
import { toldPart } from './told-part.js';

export class PlanViolationView {
  @ApiProperty({ example: 'direct-return-keeps-the-port', description: 'Stable; made for programs.' })
  code: string;

  @ApiProperty({ example: '/realServers/0/port', description: 'JSON pointer into the body of the request.' })
  field: string;

  @ApiProperty({ description: 'What is wrong.' })
  message: string;

  @ApiProperty({ description: 'What to do about it.' })
  hint: string;

  static of({ code, field, message, hint }: RuleViolation): PlanViolationView {
    return { code, field, message, hint };
  }
}

class LostServiceView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: '192.0.2.200' })
  address: string;

  @ApiProperty({ example: 'tcp' })
  protocol: string;

  @ApiProperty({ type: 'integer', example: 80 })
  port: number;

  @ApiProperty({ enum: ['removed', 'empty', 'unhealthy'], enumName: 'LostServiceFate' })
  becomes: NeededApproval['services'][number]['becomes'];
}

export class PlanApprovalView {
  @ApiProperty({ description: 'To be sent as `?approve=` with the write, where this is meant.' })
  approve: string;

  @ApiProperty({ description: 'Whether the request that was planned approves it.' })
  given: boolean;

  @ApiProperty({ type: () => [LostServiceView], description: 'What directors would lose.' })
  services: readonly LostServiceView[];

  @ApiProperty({ type: 'integer', description: 'Services that are not told of in `services`.' })
  servicesLeftOut: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Services that were removed within ten minutes before; null where that is no reason.',
  })
  removedLately: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Of so many.' })
  of: number | null;

  static of({ services, ...approval }: NonNullable<JudgedPlan['approval']>): PlanApprovalView {
    const { told, leftOut } = toldPart(services);
    return { ...approval, services: told, servicesLeftOut: leftOut };
  }
}

export class PlannedDocumentView {
  @ApiProperty({ enum: ['directors', 'agent'], enumName: 'DocumentRecipient' })
  to: 'directors' | 'agent';

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'Of the agent; null for what all directors get.',
  })
  nodeId: string | null;

  @ApiProperty({ description: 'Id of the virtual service, for directors; the VIP, for an agent.' })
  key: string;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'Null: there is none.',
  })
  before: DocumentBody | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'Null: it would go.',
  })
  after: DocumentBody | null;

  static of({ scope, key, before, after }: PlannedDocument): PlannedDocumentView {
    const isShared = scope === DIRECTORS_SCOPE;
    return { to: isShared ? 'directors' : 'agent', nodeId: isShared ? null : scope, key, before, after };
  }
}

const NARROWER =
  'A list has 1,000 entries at most, and 4 MB of text; plan less at once to see the others: fewer writes, one service, or a part of the configuration.';

/** What a write would do; nothing of it is done. Totals and digest are of all of it, whatever the lists leave out. */
export class PlanView {
  @ApiProperty({
    description:
      'Names what would become of which objects, all of them: the same change of the same configuration has the same digest.',
    example: '0f343b0931126a20f133d67c2b018a3b1a1f0d1c5c2f0b7d8f4d3a6f6c1c9d2e',
  })
  digest: string;

  @ApiProperty({
    description: 'Whether the write would be made: no rule is broken, and no approval is missing.',
  })
  allowed: boolean;

  @ApiProperty({ type: 'integer', description: 'Revision of the configuration that it was planned on.' })
  revision: number;

  @ApiProperty({ type: () => PlanTotalsView })
  totals: PlanTotalsView;

  @ApiProperty({ type: () => [PlanViolationView], description: 'Broken rules.' })
  violations: readonly PlanViolationView[];

  @ApiProperty({ type: 'integer', description: `Of \`violations\`. ${NARROWER}` })
  violationsLeftOut: number;

  @ApiProperty({
    type: () => PlanApprovalView,
    nullable: true,
    description: 'What the write needs a word of its own for; null: nothing.',
  })
  approval: PlanApprovalView | null;

  @ApiProperty({
    type: () => [RevisionChangeView],
    description:
      'Objects before and after, as the history would keep them. New ones have ids from 00000000-0000-8000-8000-000000000001 ' +
      'on here; theirs are drawn when they are made.',
  })
  changes: readonly RevisionChangeView[];

  @ApiProperty({ type: 'integer', description: `Of \`changes\`. ${NARROWER}` })
  changesLeftOut: number;

  @ApiProperty({
    type: () => [PlannedDocumentView],
    description:
      'What directors and agents would be told anew, by what nodes have reported so far. New objects have numbers from ' +
      '2000000001 on here. Empty where a rule is broken.',
  })
  documents: readonly PlannedDocumentView[];

  @ApiProperty({ type: 'integer', description: `Of \`documents\`. ${NARROWER}` })
  documentsLeftOut: number;

  @ApiProperty({
    type: () => PlannedNodesView,
    description:
      'What nodes would do, by what they have reported so far: the commands of directors and of hosts, and the connections ' +
      'that would move. No command where a rule is broken.',
  })
  nodes: PlannedNodesView;

  /** @param digest of the whole plan. */
  static of(plan: JudgedPlan, digest: string, nodes: PlannedNodesView): PlanView {
    const { revision, approval } = plan;
    const violations = toldPart(plan.violations);
    const changes = toldPart(plan.entries);
    const documents = toldPart(plan.documents);
    return {
      digest,
      allowed: plan.violations.length === 0 && (approval === null || approval.given),
      revision,
      totals: PlanTotalsView.of(plan),
      violations: violations.told.map((one) => PlanViolationView.of(one)),
      violationsLeftOut: violations.leftOut,
      approval: approval === null ? null : PlanApprovalView.of(approval),
      changes: changes.told,
      changesLeftOut: changes.leftOut,
      documents: documents.told.map((one) => PlannedDocumentView.of(one)),
      documentsLeftOut: documents.leftOut,
      nodes,
    };
  }
}
