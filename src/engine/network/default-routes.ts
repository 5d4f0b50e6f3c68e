/**
 * The host's default routes, both families.
 */
import type { CommandRunner } from '../../platform/command-runner.js';

export interface DefaultRoutes {
  /** Next hops, without repetition. */
  readonly gateways: readonly string[];
  readonly devices: readonly string[];
}

interface ListedRoute {
  readonly gateway?: string;
  readonly dev?: string;
  readonly nexthops?: readonly ListedRoute[];
}

export async function readDefaultRoutes(commands: CommandRunner): Promise<DefaultRoutes> {
  const listed = await Promise.all([
    commands.run(['ip', '-4', '-j', 'route', 'show', 'default']),
    commands.run(['ip', '-6', '-j', 'route', 'show', 'default']),
  ]);
  const hops = listed
    .flatMap((text) => (text.trim() === '' ? [] : (JSON.parse(text) as ListedRoute[])))
    .flatMap((route) => [route, ...(route.nexthops ?? [])]);
  return { gateways: named(hops.map(({ gateway }) => gateway)), devices: named(hops.map(({ dev }) => dev)) };
}

function named(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== undefined))];
}
