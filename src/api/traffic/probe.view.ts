import { ApiProperty } from '@nestjs/swagger';
import type { OwnersTold } from '../../contract/told.js';
import type { DirectorSaid } from '../delivery/questions/ask-directors.js';
import { DirectorAnswerView } from './director-answer.view.js';

const OWNERS = ['director', 'agent', 'unknown'] as const;

/** The node that an Ethernet address belongs to. */
export interface CardOwner {
  readonly role: 'director' | 'agent';
  readonly name: string;
}

/** Who answered when a director asked who has the VIP. */
export class VipAnswerView {
  @ApiProperty({ example: '02:00:00:00:00:ee' })
  mac: string;

  @ApiProperty({
    enum: OWNERS,
    enumName: 'VipOwner',
    description:
      '`director`: of this control plane, as it is known here or by what it sends. `agent`: the host of an agent, which must never answer.',
  })
  owner: (typeof OWNERS)[number];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'web-1',
    description: 'Name of that node, where it is known.',
  })
  node: string | null;
}

export class ProbeOfDirectorView {
  @ApiProperty({ description: 'This director holds the VIP itself; it does not hear its own answer.' })
  held: boolean;

  @ApiProperty({ type: () => [VipAnswerView] })
  answers: VipAnswerView[];
}

export class DirectorProbeView extends DirectorAnswerView {
  @ApiProperty({ type: () => ProbeOfDirectorView, nullable: true })
  probe: ProbeOfDirectorView | null;

  static of(said: DirectorSaid<OwnersTold>, cards: ReadonlyMap<string, CardOwner>): DirectorProbeView {
    const { told } = said;
    const probe =
      told === null ? null : { held: told.held, answers: told.answers.map((each) => answerOf(each, cards)) };
    return { ...DirectorAnswerView.headOf(said), probe };
  }
}

/** Who has the VIP now. */
export class ProbeView {
  @ApiProperty({ example: '192.0.2.200' })
  address: string;

  @ApiProperty({ type: () => [DirectorProbeView], description: 'By name.' })
  directors: DirectorProbeView[];
}

function answerOf(
  { mac, fellow }: OwnersTold['answers'][number],
  cards: ReadonlyMap<string, CardOwner>,
): VipAnswerView {
  const card = cards.get(mac);
  return { mac, owner: card?.role ?? (fellow ? 'director' : 'unknown'), node: card?.name ?? null };
}
