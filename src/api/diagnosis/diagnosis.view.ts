import { ApiProperty } from '@nestjs/swagger';
import type { Finding, Fix, Place, Remedy, Severity } from '../../diagnosis/finding.js';
import { factsFrom, type FactsOfNode } from './facts-from.js';
import type { Seen } from './known-server.js';

export class RemedyView implements Remedy {
  @ApiProperty({ example: 'Start the service, and let it listen on all addresses or on the VIP.' })
  words: string;

  @ApiProperty({
    type: [String],
    description: 'In this order, as root in a shell or as administrator in PowerShell.',
    example: ["ss --listening --numeric --processes --tcp 'sport = :80'"],
  })
  commands: readonly string[];
}

export class FixView implements Fix {
  @ApiProperty({
    enum: ['control-plane', 'director', 'real-server', 'network'],
    enumName: 'FixPlace',
    description: 'Where something is to be done.',
  })
  place: Place;

  @ApiProperty({ type: () => RemedyView, description: 'Where the real server runs Linux.' })
  linux: RemedyView;

  @ApiProperty({ type: () => RemedyView, description: 'Where the real server runs Windows.' })
  windows: RemedyView;
}

export class FindingView implements Finding {
  @ApiProperty({ example: 'not-listening', description: 'Stable, for programs.' })
  code: string;

  @ApiProperty({
    enum: ['no-traffic', 'wrong-traffic', 'at-risk'],
    enumName: 'FindingSeverity',
    description:
      '`no-traffic`: nothing gets through this real server. `wrong-traffic`: some packets get lost or go astray. ' +
      '`at-risk`: all is well, and would not survive the next reboot, failure or change.',
  })
  severity: Severity;

  @ApiProperty({ example: 'Nothing listens on the VIP' })
  title: string;

  @ApiProperty({ description: 'What was seen.', example: 'Nothing listens on 192.0.2.200 port 80.' })
  seen: string;

  @ApiProperty({ description: 'Why that matters.' })
  why: string;

  @ApiProperty({ type: () => FixView })
  fix: FixView;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'What it rests on, such as the condition with its reason and since when it is so.',
  })
  facts: Readonly<Record<string, string>>;
}

export class FactsOfNodeView implements FactsOfNode {
  @ApiProperty({ example: 'web-1' })
  node: string;

  @ApiProperty({ enum: ['director', 'agent'], enumName: 'NodeRole' })
  role: FactsOfNode['role'];

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'null: never heard.' })
  lastSeenAt: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'How old its facts are.' })
  ageSeconds: number | null;
}

/** Why traffic would not flow through a real server, or would flow wrongly. */
export class DiagnosisView {
  @ApiProperty({ description: 'In one sentence.' })
  conclusion: string;

  @ApiProperty({
    type: () => [FindingView],
    description: 'The most likely cause first. Empty: nothing stands against traffic, as far as is known.',
  })
  findings: readonly FindingView[];

  @ApiProperty({ type: () => [FactsOfNodeView], description: 'Whose reports it rests on.' })
  factsFrom: readonly FactsOfNodeView[];

  static of(seen: Seen, findings: readonly Finding[], now: Date): DiagnosisView {
    const facts = factsFrom(seen, now);
    return { conclusion: conclusionOf(findings, facts), findings, factsFrom: facts };
  }
}

function conclusionOf(findings: readonly Finding[], facts: readonly FactsOfNode[]): string {
  const [first, ...others] = findings;
  if (first === undefined) {
    const heard = facts.map(({ node, ageSeconds }) => `${node} reported ${ageSeconds ?? '?'} s ago`);
    return `Nothing stands against traffic, as far as is known: ${heard.join(', ')}.`;
  }
  return others.length === 0
    ? `${first.title}.`
    : `${first.title}, most likely; ${others.length} more below.`;
}
