/**
 * Tells how far a revision is in force, from what its virtual services lack one by one. It is `in-force` if and only if the
 * nodes have confirmed every service of it as it left them: what a later revision has changed is never counted as that.
 */
import type { MissingNode } from './missing-nodes.js';

/** A virtual service that a revision has changed. */
export interface RolledOutService {
  readonly id: string;
  /** Null: it is gone. */
  readonly name: string | null;
  /** The newest revision that has changed it since; null: it is as this one left it. */
  readonly overtakenBy: number | null;
  /** Nodes that lack its newest state. */
  readonly missing: readonly MissingNode[];
}

export type RolloutState = 'rolling-out' | 'in-force' | 'overtaken';

/** What a node lacks of one service. */
export interface LackedService extends Pick<MissingNode, 'realServer' | 'reason' | 'message'> {
  readonly virtualServiceId: string;
  readonly name: string | null;
}

/** A node that is behind. */
export interface NodeBehind extends Pick<MissingNode, 'role' | 'node'> {
  /** How many services it lacks. */
  readonly services: number;
  /** Some of them. */
  readonly first: readonly LackedService[];
}

export interface Overtaken {
  readonly virtualServiceId: string;
  readonly name: string | null;
  readonly revision: number;
}

export interface Rollout {
  readonly state: RolloutState;
  readonly services: {
    readonly total: number;
    readonly inForce: number;
    readonly waiting: number;
    readonly overtaken: number;
  };
  /** By the most services. */
  readonly reasons: readonly { readonly reason: string; readonly services: number }[];
  /** By the most services. */
  readonly nodes: readonly NodeBehind[];
  /** How many more are behind than `nodes` names. */
  readonly nodesLeftOut: number;
  /** Some of those that were. */
  readonly overtaken: readonly Overtaken[];
}

/** Nodes that are named; a revision can concern 10,000. */
const MOST_NODES = 100;
/** Services that are named of each, and of those that were overtaken. */
const NAMED = 3;

interface Behind extends Pick<NodeBehind, 'role' | 'node'> {
  services: number;
  readonly first: LackedService[];
}

/** Counts services as they are read, and keeps none but those that it names. */
export class RolloutCount {
  private total = 0;
  private waiting = 0;
  private overtakenCount = 0;
  private readonly reasons = new Map<string, number>();
  private readonly nodes = new Map<string, Behind>();
  private readonly overtaken: Overtaken[] = [];

  add(service: RolledOutService): void {
    const { id, name, overtakenBy, missing } = service;
    this.total += 1;
    if (overtakenBy !== null) {
      this.overtakenCount += 1;
      if (this.overtaken.length < NAMED)
        this.overtaken.push({ virtualServiceId: id, name, revision: overtakenBy });
    } else if (missing.length > 0) {
      this.waiting += 1;
      this.addLacking(service);
    }
  }

  told(): Rollout {
    const { total, waiting, overtakenCount: overtaken } = this;
    const behind = [...this.nodes.values()].toSorted(byMostServices);
    return {
      state: waiting > 0 ? 'rolling-out' : overtaken > 0 ? 'overtaken' : 'in-force',
      services: { total, inForce: total - waiting - overtaken, waiting, overtaken },
      reasons: [...this.reasons].map(([reason, services]) => ({ reason, services })).toSorted(byMostServices),
      nodes: behind.slice(0, MOST_NODES),
      nodesLeftOut: Math.max(0, behind.length - MOST_NODES),
      overtaken: this.overtaken,
    };
  }

  private addLacking({ id, name, missing }: RolledOutService): void {
    for (const reason of new Set(missing.map((each) => each.reason)))
      this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    const seen = new Set<Behind>();
    for (const { role, node, ...lacked } of missing) {
      const behind = this.behind(role, node, lacked.realServer);
      // A host can lack several real servers of one service.
      if (!seen.has(behind)) behind.services += 1;
      seen.add(behind);
      if (behind.first.length < NAMED) behind.first.push({ virtualServiceId: id, name, ...lacked });
    }
  }

  /** Where no agent has joined, the hosts are told apart by their addresses. */
  private behind(role: Behind['role'], node: string | null, host: string | null): Behind {
    const key = JSON.stringify([role, node, node === null ? host : null]);
    const known = this.nodes.get(key) ?? { role, node, services: 0, first: [] };
    this.nodes.set(key, known);
    return known;
  }
}

function byMostServices(a: { readonly services: number }, b: { readonly services: number }): number {
  return b.services - a.services;
}
