/**
 * The API as production makes it, on a database of its own, listening on loopback. Tests talk to it over HTTP alone;
 * they look into the database only to see what nobody may see through the API, and to do what only an attacker could.
 */
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Application } from 'express';
import request, { type Response, type Test } from 'supertest';
import type { DataSource } from 'typeorm';
import { createApi } from '../../src/api/create-api.js';
import { createDataSource } from '../../src/api/store/data-source.js';
import { ensureAdminToken } from '../../src/api/tokens/first-admin-token.js';
import { createLogger } from '../../src/platform/logger.js';
import { watchAnswers } from './openapi/watch-answers.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export const ADMIN_TOKEN = 'hwt_the-admin-of-the-tests-0123456789';

/** A virtual service as a portal would send it. */
export type ServiceBody = Readonly<Record<string, unknown>>;

export class ApiUnderTest {
  private constructor(
    readonly databaseUrl: string,
    readonly dataSource: DataSource,
    readonly base: string,
    private readonly application: NestExpressApplication,
    private readonly database: TestDatabase | null,
  ) {}

  /** On a fresh database, which goes with it. */
  static async start(): Promise<ApiUnderTest> {
    const database = await createTestDatabase();
    return ApiUnderTest.on(database.url, database);
  }

  /** Another process on the same database. */
  another(): Promise<ApiUnderTest> {
    return ApiUnderTest.on(this.databaseUrl, null);
  }

  /** On a migrated database; one that is given goes with it. */
  static async on(url: string, database: TestDatabase | null): Promise<ApiUnderTest> {
    const dataSource = await createDataSource(url).initialize();
    await ensureAdminToken(dataSource, { adminToken: ADMIN_TOKEN, dataDir: '/nonexistent' });
    const logger = createLogger('test', 'error');
    const application = await createApi({ dataSource, databaseUrl: url, logger });
    await application.listen(0, '127.0.0.1');
    const { port } = application.getHttpServer().address() as AddressInfo;
    const base = `http://127.0.0.1:${port}`;
    await watchAnswers(application.getHttpServer(), base);
    return new ApiUnderTest(url, dataSource, base, application, database);
  }

  /** What does something by itself now and then, to have it done now. */
  part<T>(type: Type<T>): T {
    return this.application.get(type);
  }

  /** A request with a token; the operators' unless another is given, none where it is null. */
  send(method: string, path: string, token: string | null = ADMIN_TOKEN): Test {
    const verb = method.toLowerCase() as 'get' | 'post' | 'patch' | 'put' | 'delete';
    const call = request(this.base)[verb](path);
    return token === null ? call : call.set('Authorization', `Bearer ${token}`);
  }

  get(path: string): Test {
    return this.send('get', path);
  }

  post(path: string, body?: object): Test {
    return this.send('post', path).send(body);
  }

  patch(path: string, body: object): Test {
    return this.send('patch', path).type('application/merge-patch+json').send(JSON.stringify(body));
  }

  delete(path: string): Test {
    return this.send('delete', path);
  }

  put(path: string, body: object): Test {
    return this.send('put', path).send(body);
  }

  /** PATCH, or DELETE without a body, that approves what it is asked to approve, and must be accepted. */
  async insist(path: string, body?: object): Promise<Response> {
    const ask = (query: string) =>
      body === undefined ? this.delete(path + query) : this.patch(path + query, body);
    const first = await ask('');
    const { code, plan } = first.body as { code?: string; plan?: { approve: string } };
    const answer = code === 'approval-required' ? await ask(`?approve=${plan?.approve}`) : first;
    if (!answer.ok) throw new Error(`the change was refused: ${answer.text}`);
    return answer;
  }

  /** Creates a virtual service that must be accepted, with defaults for what is left out. */
  async createService(body: ServiceBody): Promise<Created> {
    const answer = await this.post('/v1/virtual-services', { port: 80, protocol: 'tcp', ...body });
    if (answer.status !== 201) throw new Error(`the service was refused: ${answer.text}`);
    return answer.body as Created;
  }

  async query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    // Several commands at once may have no list of parameters, for with one they would be prepared.
    const values = parameters.length === 0 ? undefined : [...parameters];
    const rows: T[] = await this.dataSource.query(sql, values);
    return rows;
  }

  /** How much there is of everything that a refused request must leave as it was. */
  async contents(): Promise<unknown> {
    const [row] = await this.query(CONTENTS);
    return row;
  }

  /** Every route that is served, such as `get /v1/nodes/{id}`. */
  routes(): string[] {
    const { router }: Application = this.application.getHttpAdapter().getInstance();
    return router.stack.flatMap(({ route }) =>
      (route?.stack ?? []).map(({ method }) => `${method} ${route?.path.replace(/:(\w+)/g, '{$1}')}`),
    );
  }

  async close(): Promise<void> {
    await this.application.close();
    await this.dataSource.destroy();
    await this.database?.drop();
  }
}

export interface Created {
  readonly id: string;
  readonly revision: number;
  readonly realServers: readonly { readonly id: string; readonly address: string }[];
}

const KEPT = [
  'virtual_service',
  'real_server',
  'node',
  'node_address',
  'revision',
  'audit_entry',
  'document',
  'mention',
];
const CONTENTS = `SELECT ${KEPT.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`).join(', ')},
  (SELECT revision::int FROM cluster) AS last_revision, (SELECT version::int FROM cluster) AS last_version`;
