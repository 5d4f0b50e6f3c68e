/**
 * Decides who may pass: operator tokens open everything but the routes of nodes, node credentials only those, and
 * public routes need neither. It never keeps a credential longer than it takes to hash it, and never says why a
 * credential is refused.
 */
import { createHash } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ACCESS_KEY, type Access } from './access.js';
import { bearerCredential } from './bearer-credential.js';
import { CredentialLookup } from './credential-lookup.js';
import { requestContext } from './request-context.js';
import { unauthenticated } from './unauthenticated.js';

@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CredentialLookup) private readonly credentials: CredentialLookup,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.accessTo(context);
    if (access === 'public') return true;
    const sha256 = credentialHash(context.switchToHttp().getRequest<Request>());
    return access === 'nodes' ? this.admitNode(sha256) : this.admitOperator(sha256);
  }

  /** A route without a mark is for operators: what is forgotten stays shut. */
  private accessTo(context: ExecutionContext): Access {
    const targets = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<Access | undefined>(ACCESS_KEY, targets) ?? 'operators';
  }

  private async admitNode(sha256: Buffer): Promise<true> {
    const node = await this.credentials.findNode(sha256);
    if (node === null) throw unauthenticated();
    requestContext().node = node;
    return true;
  }

  private async admitOperator(sha256: Buffer): Promise<true> {
    const actor = await this.credentials.findToken(sha256);
    if (actor === null) throw unauthenticated();
    requestContext().actor = actor;
    return true;
  }
}

function credentialHash(request: Request): Buffer {
  const credential = bearerCredential(request);
  if (credential === undefined) throw unauthenticated();
  return createHash('sha256').update(credential).digest();
}
