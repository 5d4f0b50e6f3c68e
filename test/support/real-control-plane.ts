/**
 * A control plane for the tests of nodes: a real API on a database of its own, and a director whose engine is real, too.
 * The engine's commands are carried into the director's namespace; its link to the API is the product's own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource } from '../../src/api/store/data-source.js';
import { saveIdentity } from '../../src/link/node-identity.js';
import { runNode } from '../../src/link/run-node.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { createLogger } from '../../src/platform/logger.js';
import { ApiUnderTest } from './api-under-test.js';
import type { DirectorNetwork } from './director-network.js';
import { TestNode } from './test-node.js';

const logger = createLogger('test', 'silent');

export class RealControlPlane {
  private engine: { readonly running: AbortController; readonly ended: Promise<void> } | undefined;

  private constructor(
    /** Removed in the end. */
    readonly dir: string,
    readonly api: ApiUnderTest,
    private readonly postgres: EmbeddedPostgres,
  ) {}

  static async start(): Promise<RealControlPlane> {
    const dir = await mkdtemp(join(tmpdir(), 'homeward-plane-'));
    const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'data'), logger });
    const migrator = await createDataSource(postgres.url).initialize();
    await migrator.runMigrations();
    await migrator.destroy();
    return new RealControlPlane(dir, await ApiUnderTest.on(postgres.url, null), postgres);
  }

  /** The director of that network, which an engine then speaks for. */
  async joinDirector({ stateDir }: DirectorNetwork): Promise<void> {
    const addresses = ['192.0.2.2'];
    const { id: nodeId, credential } = await TestNode.join(this.api, 'director', 'lb-1', addresses);
    const [{ cluster } = { cluster: '' }] = await this.api.query<{ cluster: string }>(
      'SELECT id AS cluster FROM cluster',
    );
    await saveIdentity(stateDir, { format: 1, cluster, nodeId, role: 'director', addresses, credential });
  }

  startEngine({ engine, stateDir }: DirectorNetwork): void {
    const running = new AbortController();
    const ended = runNode(engine, { apiUrl: this.api.base, stateDir }, running.signal, logger);
    this.engine = { running, ended };
  }

  async stopEngine(): Promise<void> {
    this.engine?.running.abort();
    await this.engine?.ended;
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.postgres.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}
