/**
 * What the control plane asks a node: an event of type `question` on the node's stream, answered once by
 * `PUT /node/v1/answers/{id}` with the node's own credential. A question changes nothing in what is in force, and
 * nobody waits for an answer longer than `withinMs`. A node that does not know this event leaves it alone, and one
 * that does not know the kind refuses it.
 */
import type { FlowsTold, OwnersTold, RouteTold, StatsTold } from './told.js';

export const QUESTION_EVENT = 'question';
/** The id of the question follows. */
export const ANSWERS_PATH = '/node/v1/answers';

/** In one answer. */
export const MOST_FLOWS_TOLD = 200;

/** How much a service has had. */
export interface StatsQuestion {
  readonly kind: 'stats';
  /** Key of the service's document. */
  readonly service: string;
}

/** Which flows of a service are remembered, in the order of their keys. */
export interface FlowsQuestion {
  readonly kind: 'flows';
  readonly service: string;
  /** Only those of this real server, by its number. */
  readonly server?: number;
  /** Only those from this address. */
  readonly source?: string;
  /** Only those whose key is above this one. */
  readonly after?: string;
  readonly limit: number;
}

/** Which real server a packet from there would be sent to now. */
export interface RouteQuestion {
  readonly kind: 'route';
  readonly service: string;
  readonly source: string;
  readonly sourcePort: number;
  /** Of a service with a range: the port that the packet is for. Left out: the first. */
  readonly port?: number;
}

/** Who has the VIP of a service now: the director asks its segment. */
export interface OwnersQuestion {
  readonly kind: 'owners';
  readonly service: string;
}

/** What the data plane answers. */
export type TrafficQuestion = StatsQuestion | FlowsQuestion | RouteQuestion;

export type Question = TrafficQuestion | OwnersQuestion;

/** The data of the event. */
export interface QuestionMessage {
  readonly format: number;
  /** UUID; to be named with the answer. */
  readonly id: string;
  /** After so many milliseconds nobody waits for the answer any more. */
  readonly withinMs: number;
  readonly question: Question;
}

export type TrafficTold = StatsTold | FlowsTold | RouteTold;
export type Told = TrafficTold | OwnersTold;

/** What answers a question of this kind. */
export type ToldOf<Q extends Question> = Extract<Told, { readonly kind: Q['kind'] }>;

/** Why a node does not answer. */
export interface Refusal {
  /** UpperCamelCase word for programs: REFUSED_BUSY, REFUSED_NOT_IN_FORCE and the like. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
}

/** The node answers as many questions as it can already. */
export const REFUSED_BUSY = 'Busy';
/** Nothing of the object that the question names is in force at this node. */
export const REFUSED_NOT_IN_FORCE = 'NotInForce';
/** The node does not know questions of this kind. */
export const REFUSED_NOT_UNDERSTOOD = 'NotUnderstood';
/** The node tried, and could not find out. */
export const REFUSED_FAILED = 'Failed';

/** The body of an answer. */
export type AnswerMessage =
  { readonly format: number; readonly told: Told } | { readonly format: number; readonly refusal: Refusal };
