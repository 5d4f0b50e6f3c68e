/** Finds who holds a credential by its hash. Nothing is cached, so a node that is forgotten is out at once. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CredentialLookup } from '../http/credential-lookup.js';
import type { Actor, NodeIdentity } from '../http/request-context.js';

@Injectable()
export class StoredCredentials extends CredentialLookup {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {
    super();
  }

  async findToken(sha256: Buffer): Promise<Actor | null> {
    const [actor]: Actor[] = await this.dataSource.query('SELECT id, name FROM token WHERE hash = $1', [
      sha256,
    ]);
    return actor ?? null;
  }

  async findNode(sha256: Buffer): Promise<NodeIdentity | null> {
    const [node]: NodeIdentity[] = await this.dataSource.query(
      `SELECT id, role, encode(credential_hash, 'hex') AS "credentialHash" FROM node WHERE credential_hash = $1`,
      [sha256],
    );
    return node ?? null;
  }
}
