/**
 * Finds who holds a credential by its hash. A token is looked up each time. A node that was found is remembered until
 * any node is forgotten or joins again, because every change waits for the reports of its hosts; what a node asks for
 * looks for its credential once more, in the transaction that does it, so nothing hangs on how soon that is heard of.
 * Those that ask while others are looked up are looked up together.
 */
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { ChangeListener } from '../delivery/change-listener.js';
import { CredentialLookup } from '../http/credential-lookup.js';
import type { Actor, NodeIdentity } from '../http/request-context.js';
import { readTogether } from '../store/read-together.js';

const MOST_AT_ONCE = 100;
/** Longer than nodes wait between two reports; should the news of a node be lost, it is back out by then. */
const REMEMBERED_MS = 60_000;
const MOST_REMEMBERED = 10_000;

const TOKENS = `
  SELECT id, name, encode(hash, 'hex') AS "credentialHash" FROM token
  WHERE hash = ANY (SELECT decode(hash, 'hex') FROM unnest($1::text[]) AS hash)`;

const NODES = `
  SELECT id, role, encode(credential_hash, 'hex') AS "credentialHash" FROM node
  WHERE credential_hash = ANY (SELECT decode(hash, 'hex') FROM unnest($1::text[]) AS hash)`;

@Injectable()
export class StoredCredentials extends CredentialLookup {
  private readonly tokens = readTogether(MOST_AT_ONCE, (hashes: readonly string[]) =>
    this.look<Actor & Credential>(TOKENS, hashes),
  );
  private readonly nodes = readTogether(MOST_AT_ONCE, (hashes: readonly string[]) =>
    this.look<NodeIdentity>(NODES, hashes),
  );

  /** How often nodes were forgotten or joined again, as far as this process has heard. */
  private news = 0;
  private readonly found = new LRUCache<string, NodeIdentity>({ max: MOST_REMEMBERED, ttl: REMEMBERED_MS });

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangeListener) changes: ChangeListener,
  ) {
    super();
    changes.onNodes(() => {
      this.news += 1;
      this.found.clear();
    });
  }

  async findToken(sha256: Buffer): Promise<Actor | null> {
    const token = await this.tokens(sha256.toString('hex'));
    return token === null ? null : { id: token.id, name: token.name };
  }

  async findNode(sha256: Buffer): Promise<NodeIdentity | null> {
    const hash = sha256.toString('hex');
    const remembered = this.found.get(hash);
    if (remembered !== undefined) return remembered;
    const { news } = this;
    const node = await this.nodes(hash);
    // What was heard while it was looked up may have been about this one.
    if (node !== null && news === this.news) this.found.set(hash, node);
    return node;
  }

  private async look<T extends Credential>(
    sql: string,
    hashes: readonly string[],
  ): Promise<ReadonlyMap<string, T>> {
    const found: T[] = await this.dataSource.query(sql, [hashes]);
    return new Map(found.map((one) => [one.credentialHash, one]));
  }
}

interface Credential {
  /** SHA-256 in hexadecimal. */
  readonly credentialHash: string;
}
