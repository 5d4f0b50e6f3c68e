/**
 * Finds who holds a credential by its hash. Nothing is cached, so a node that is forgotten is out at once; but nodes
 * that ask while others are looked up are looked up together, for a change is answered by all of its hosts in one moment.
 */
import { Inject, Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { DataSource } from 'typeorm';
import { CredentialLookup } from '../http/credential-lookup.js';
import type { Actor, NodeIdentity } from '../http/request-context.js';

const MOST_AT_ONCE = 100;

@Injectable()
export class StoredCredentials extends CredentialLookup {
  /** Settles with the look-up that is under way. */
  private underWay: Promise<unknown> = Promise.resolve();
  private readonly nodes = new DataLoader<string, NodeIdentity | null>((hashes) => this.findNodes(hashes), {
    cache: false,
    maxBatchSize: MOST_AT_ONCE,
    batchScheduleFn: (look) => void this.underWay.then(look, look),
  });

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {
    super();
  }

  async findToken(sha256: Buffer): Promise<Actor | null> {
    const [actor]: Actor[] = await this.dataSource.query('SELECT id, name FROM token WHERE hash = $1', [
      sha256,
    ]);
    return actor ?? null;
  }

  findNode(sha256: Buffer): Promise<NodeIdentity | null> {
    return this.nodes.load(sha256.toString('hex'));
  }

  private async findNodes(hashes: readonly string[]): Promise<(NodeIdentity | null)[]> {
    const look = this.dataSource.query<NodeIdentity[]>(
      `SELECT id, role, encode(credential_hash, 'hex') AS "credentialHash" FROM node
       WHERE credential_hash = ANY (SELECT decode(hash, 'hex') FROM unnest($1::text[]) AS hash)`,
      [hashes],
    );
    this.underWay = look;
    const nodes = await look;
    const byHash = new Map(nodes.map((node) => [node.credentialHash, node]));
    return hashes.map((hash) => byHash.get(hash) ?? null);
  }
}
