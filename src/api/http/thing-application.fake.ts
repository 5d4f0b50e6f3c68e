/**
 * A small real application behind the real HTTP manners, without a database: what the specs of this folder talk to.
 */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Body, Controller, Delete, Get, Headers, Module, Patch, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Failed, rulesBroken } from '../../domain/failure.js';
import { createLogger } from '../../platform/logger.js';
import { ForNodes, Public } from './access.js';
import { ApiProblems } from './api-problems.js';
import { configureHttp, HTTP_APPLICATION_OPTIONS } from './configure-http.js';
import { CredentialLookup } from './credential-lookup.js';
import { ConditionalRead } from './conditional-read.js';
import { requireMatch } from './etag.js';
import { AddressField } from './fields/address-field.js';
import { BooleanField } from './fields/boolean-field.js';
import { EnumField } from './fields/enum-field.js';
import { IntegerField } from './fields/integer-field.js';
import { NestedField, NestedListField } from './fields/nested-field.js';
import { TagsField } from './fields/tags-field.js';
import { TextField } from './fields/text-field.js';
import { UuidField } from './fields/uuid-field.js';
import { IfMatch } from './if-match.js';
import { MergePatchBody } from './merge-patch-body.js';
import { IfMatchHeader } from './request-headers.js';
import { decodeCursor, encodeCursor, PageQuery } from './page.js';
import { currentNode, requestContext, type Actor, type NodeIdentity } from './request-context.js';
import { UuidParam } from './uuid-param.js';

export const TOKEN = 'hwt_the-operator';
export const NODE_TOKEN = 'hwn_the-node';
export const ID = '5a0c7c5e-6f1b-4f0c-9f0e-0d1b7a7a3c11';
export const AUTHORIZED = { Authorization: `Bearer ${TOKEN}` };
export const VALID_THING = { name: 'web', address: '192.0.2.200' };

class Check {
  @EnumField({ description: 'Kind.', values: ['tcp', 'none'] })
  type: string;
}

class Server {
  @AddressField({ description: 'Address.' })
  address: string;

  @IntegerField({ description: 'Port.', min: 1, max: 65535, optional: true, example: 80 })
  port?: number;
}

class Thing {
  @TextField({ description: 'Name.', max: 20 })
  name: string;

  @AddressField({ description: 'Address.' })
  address: string;

  @BooleanField({ description: 'On.', optional: true })
  enabled?: boolean;

  @TagsField({ description: 'Tags.', optional: true })
  tags?: Record<string, string>;

  @UuidField({ description: 'Owner.', optional: true, nullable: true })
  owner?: string | null;

  @NestedField(() => Check, { description: 'Check.', optional: true, nullable: true })
  check?: Check | null;

  @NestedListField(() => Server, { description: 'Servers.', optional: true, maxItems: 2000 })
  servers?: Server[];
}

class ThingPatch {
  @TextField({ description: 'Name.', max: 20, optional: true })
  name?: string;
}

const isPosition = (value: unknown): value is readonly [string] =>
  Array.isArray(value) && value.length === 1 && typeof value[0] === 'string';

@Controller('v1/things')
class ThingController {
  @Get()
  @ConditionalRead()
  list(@Query() query: PageQuery) {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, isPosition);
    return { items: [query], after, nextCursor: encodeCursor(['b']) };
  }

  @Post()
  @ApiProblems(400, 422)
  create(@Body() thing: Thing) {
    return { ...thing, actor: requestContext().actor?.name, ticket: requestContext().ticket };
  }

  @Get('slow')
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return requestContext();
  }

  @Get('broken')
  broken() {
    throw new Error('a secret of ours');
  }

  @Get('rules')
  rules() {
    throw new Failed(
      rulesBroken([
        { kind: 'conflict', code: 'real-server-exists', field: '/a', message: 'A.', hint: 'a' },
        { kind: 'unprocessable', code: 'not-enforceable', field: '/b', message: 'B.', hint: 'b' },
      ]),
    );
  }

  @Get('database/:state')
  database(@Headers('x-state') code: string) {
    throw Object.assign(new Error('SELECT secret'), {
      driverError: Object.assign(new Error('pg'), { code }),
    });
  }

  @Get(':id')
  @ConditionalRead()
  get(@UuidParam('id') id: string) {
    return { id, revision: 7 };
  }

  @Patch(':id')
  @MergePatchBody(ThingPatch)
  @IfMatchHeader()
  patch(@UuidParam('id') id: string, @Body() patch: ThingPatch, @IfMatch() ifMatch?: string) {
    requireMatch(ifMatch, 7);
    return { id, ...patch };
  }

  @Post(':id/run')
  run(@UuidParam('id') id: string) {
    return { id };
  }

  @Delete(':id')
  delete(@UuidParam('id') id: string) {
    return { id };
  }
}

@Controller()
class DoorController {
  @Get('healthz')
  @Public()
  healthz() {
    return { status: 'ok' };
  }

  @Get('node/v1/whoami')
  @ForNodes()
  whoami() {
    return currentNode();
  }
}

class OneOfEach extends CredentialLookup {
  override findToken(sha256: Buffer): Promise<Actor | null> {
    return Promise.resolve(isHashOf(sha256, TOKEN) ? { id: ID, name: 'olga' } : null);
  }

  override findNode(sha256: Buffer): Promise<NodeIdentity | null> {
    return Promise.resolve(
      isHashOf(sha256, NODE_TOKEN) ? { id: ID, role: 'agent', credentialHash: '' } : null,
    );
  }
}

function isHashOf(sha256: Buffer, text: string): boolean {
  return createHash('sha256').update(text).digest().equals(sha256);
}

@Module({
  controllers: [ThingController, DoorController],
  providers: [{ provide: CredentialLookup, useClass: OneOfEach }],
})
export class ThingModule {}

export interface ThingApplication {
  readonly base: string;
  readonly port: number;
  close(): Promise<void>;
}

export async function startThingApplication(): Promise<ThingApplication> {
  const application = await NestFactory.create<NestExpressApplication>(ThingModule, HTTP_APPLICATION_OPTIONS);
  configureHttp(application, createLogger('test', 'silent'));
  await application.listen(0, '127.0.0.1');
  const { port } = application.getHttpServer().address() as AddressInfo;
  return { base: `http://127.0.0.1:${port}`, port, close: () => application.close() };
}
