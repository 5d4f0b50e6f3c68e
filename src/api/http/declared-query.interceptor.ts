/**
 * Refuses query parameters on a route that takes none: `?dry_run=true` must never be a write that was meant as a
 * question. Routes that take a query check it by its class. Probes are left alone, for whoever calls them has habits.
 */
import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { ACCESS_KEY, type Access } from './access.js';
import { DRY_RUN, isPlannable } from './dry-run.js';
import { invalidRequest, violation } from './invalid-request.js';

@Injectable()
export class DeclaredQueryInterceptor implements NestInterceptor {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { query } = context.switchToHttp().getRequest<Request>();
    const named = Object.keys(query).filter((name) => name !== DRY_RUN || !isPlannable(context.getHandler()));
    const [first, ...others] = named.map(unknownParameter);
    if (first !== undefined && !this.isPublic(context) && !takesQuery(context)) {
      throw invalidRequest(first, ...others);
    }
    return next.handle();
  }

  private isPublic(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<Access | undefined>(ACCESS_KEY, targets) === 'public';
  }
}

const OWN_QUERY = Symbol('takes its query as it comes');

/** Of a handler that reads its query itself, and refuses what it does not know. */
export function takesOwnQuery(target: object, handler: string | symbol): void {
  Reflect.defineMetadata(OWN_QUERY, true, target, handler);
}

/** Nest keeps what a handler takes as `<kind>:<index>`. */
function takesQuery(context: ExecutionContext): boolean {
  const { prototype } = context.getClass() as { readonly prototype: object };
  if (Reflect.hasMetadata(OWN_QUERY, prototype, context.getHandler().name)) return true;
  const taken: unknown = Reflect.getMetadata(
    ROUTE_ARGS_METADATA,
    context.getClass(),
    context.getHandler().name,
  );
  return Object.keys(taken ?? {}).some((kind) => kind.startsWith(`${RouteParamtypes.QUERY}:`));
}

function unknownParameter(name: string): ReturnType<typeof violation> {
  return violation('unknown-parameter', name, `${name} is not known here.`, 'Leave it out; /docs lists all.');
}
