/**
 * What the engine and its probe say to each other, one JSON object a line: the engine on the probe's standard input, the
 * probe on its standard output. Both are of one build, so nothing is decoded twice.
 */
import type { HealthQuestion } from '../../../contract/documents.js';
import type { FailureReason } from './outcome.js';

/** A question that is asked again and again. */
export interface ProbeCheck {
  readonly id: number;
  readonly vip: string;
  /** Address of the socket, which stands for the real server; see probe-addresses.ts. */
  readonly from: string;
  readonly question: HealthQuestion;
  /** What was known before. */
  readonly healthy: boolean | null;
}

/** Sockets of a segment leave with the director's own address there. */
export interface ProbeSource {
  readonly segment: number;
  readonly address: string;
}

/** What a socket with this address sends goes to the host with this number. */
export interface ProbeHost {
  readonly number: number;
  readonly from: string;
}

export type ProbeOrder =
  | {
      readonly kind: 'network';
      readonly sources: readonly ProbeSource[];
      readonly hosts: readonly ProbeHost[];
    }
  | { readonly kind: 'hosts'; readonly hosts: readonly ProbeHost[] }
  | {
      readonly kind: 'check';
      readonly checks: readonly ProbeCheck[];
      /** How many come at once, of which these are a part: the first questions of all are spread. */
      readonly together: number;
    }
  | { readonly kind: 'forget'; readonly ids: readonly number[] }
  | { readonly kind: 'pace' };

/** What is known of a check now, and was not before. */
export interface ProbeTurn {
  readonly id: number;
  readonly healthy: boolean | null;
  readonly reason: 'Answered' | 'CouldNotAsk' | FailureReason;
  readonly message: string;
}

/** How the probe keeps up, since it was asked last. */
export interface ProbePace {
  readonly asked: number;
  /** The longest that a question was asked after its time, in milliseconds. */
  readonly latestMs: number;
  /** Of the processor that its process took, in milliseconds. */
  readonly cpuMs: number;
}

export type ProbeAnswer =
  /** The namespace is there, and wants its link. */
  | { readonly kind: 'started' }
  /** The order about the network or its hosts was carried out, or was not. */
  | { readonly kind: 'laid'; readonly trouble: string | null }
  /** The order to check was. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'turned'; readonly turns: readonly ProbeTurn[] }
  | ({ readonly kind: 'pace' } & ProbePace);
