/** Which methods other routes have for a path that the requested method has no route for. */
import type { Application } from 'express';

declare module 'express-serve-static-core' {
  interface ILayer {
    /** What Express itself asks of each layer in turn; its types leave it out. */
    match(path: string): boolean;
  }
}

/** Upper case and sorted; empty when the path is not known at all. */
export function allowedMethods(application: Application, path: string): readonly string[] {
  const methods = application.router.stack
    .filter((layer) => layer.route !== undefined && layer.match(path))
    .flatMap((layer) => layer.route?.stack ?? [])
    .map(({ method }) => method.toUpperCase());
  if (methods.includes('GET')) methods.push('HEAD');
  return [...new Set(methods)].sort();
}
