/**
 * Asks every director about the same, at the same time. One that does not answer takes nothing from what the others
 * say: it is named beside them, with why. Only where nobody has anything to tell, the request fails.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Question, ToldOf } from '../../../contract/questions.js';
import { Failed } from '../../../domain/failure.js';
import { isConnected } from '../../nodes/is-connected.js';
import { AskNodes } from './ask-nodes.js';
import { nobodyTold, troubleOf, type DirectorTrouble } from './director-trouble.js';

/** What a director said, or why nothing is known from it; one of the two is null. */
export interface DirectorSaid<T> {
  readonly id: string;
  readonly name: string;
  readonly told: T | null;
  readonly trouble: DirectorTrouble | null;
}

/** A director that has joined, whether it is connected or not. */
export interface Director {
  readonly id: string;
  readonly name: string;
  readonly lastSeenAt: Date | null;
}

const DIRECTORS = `
  SELECT n.id, n.name, s.last_seen_at AS "lastSeenAt" FROM node n LEFT JOIN node_status s ON s.node_id = n.id
  WHERE n.role = 'director' AND n.joined_at IS NOT NULL ORDER BY n.name COLLATE "C"`;

@Injectable()
export class AskDirectors {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AskNodes) private readonly nodes: AskNodes,
  ) {}

  /** At least one of those returned has told something. */
  async ask<Q extends Question>(question: Q, withinMs: number): Promise<readonly DirectorSaid<ToldOf<Q>>[]> {
    const directors = await this.directors();
    const said = await Promise.all(directors.map((director) => this.one(director, question, withinMs)));
    if (said.every(({ told }) => told === null)) throw new Failed(nobodyTold(said));
    return said;
  }

  /** By name. */
  directors(): Promise<Director[]> {
    return this.dataSource.query(DIRECTORS);
  }

  /** Never rejects because of the director. */
  async one<Q extends Question>(
    { id, name, lastSeenAt }: Director,
    question: Q,
    withinMs: number,
  ): Promise<DirectorSaid<ToldOf<Q>>> {
    if (!isConnected(lastSeenAt)) return { id, name, told: null, trouble: troubleOf(name, 'away') };
    const heard = await this.nodes.ask(id, question, withinMs);
    if (heard !== null && 'told' in heard) return { id, name, told: heard.told, trouble: null };
    return { id, name, told: null, trouble: troubleOf(name, heard?.refusal ?? 'silent') };
  }
}
