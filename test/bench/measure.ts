/**
 * The inner half of the bench, first process of its namespaces: it starts the API, the engine and the fake fleet,
 * populates, measures, and prints. When it ends, the kernel ends all that it started.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { measureApi } from './api/api-bench.js';
import { apiTable } from './api/api-result.js';
import { measureAgentProgram } from './agent-program.js';
import { API_ADDRESS, API_PORT, DIRECTOR_ADDRESS } from './addresses.js';
import { BareTable, timeBareLoad } from './bare-table.js';
import { buildNetwork, hideRun, type BenchNetwork } from './bench-network.js';
import { forgetEverything, requireCounts, timeColdStart } from './cold-start.js';
import { datapathResult, datapathTable } from './datapath-result.js';
import { measureDatapath } from './datapath.js';
import { ElementWatch, WATCH_PROGRAM } from './element-watch.js';
import { Fleet } from './fleet.js';
import { measureHealthChecks } from './health-checks.js';
import { readHeldServices } from './held-services.js';
import { readOptions, type BenchOptions } from './options.js';
import { measurePacketRates } from './packet-rate.js';
import { populate, settle, type Rig } from './populate.js';
import { Program } from './program.js';
import { RestClient } from './rest-client.js';
import {
  agentResult,
  changeQuantiles,
  coldStartResult,
  judge,
  packetResult,
  type Results,
} from './results.js';
import { samplePatches, samplePosts } from './sample-changes.js';
import { benchGround, countElements, tableText } from './table-text.js';
import { PACKAGE_ROOT } from '../../src/platform/package-root.js';
import { until } from '../support/until.js';

/** Where prepare-machine.mjs unpacks it. */
const NFTLB_FOLDER = join(PACKAGE_ROOT, '.homeward', 'nftlb');
const API_LIMIT_MS = 60_000;
const FULL_SIZE = 10_000;
const API_URL = `http://${API_ADDRESS}:${API_PORT}`;

interface Bench {
  readonly network: BenchNetwork;
  readonly directory: string;
  readonly rig: Rig;
  readonly apiProgram: Program;
  engine: Program;
  readonly startEngine: () => Program;
}

const [directory = '', ...args] = process.argv.slice(2);
const results: Results = { changeToKernel: {} };
await measure(readOptions(args));
for (const line of judge(results)) say(line);
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit(0));

async function measure(options: BenchOptions): Promise<void> {
  await hideRun();
  if (options.only === 'health') return measureHealth();
  if (options.only === 'api') return measureRest(options.quick);
  if (options.only === 'datapath') return measurePath(options.quick);
  if (options.only === 'memory') return measureFilling();
  await measureAgent();
  if (options.only === 'agent') return;
  const bench = await setUp();
  for (const size of options.sizes) await measureSize(bench, size, options.samples);
  if (!options.sizes.includes(FULL_SIZE)) return;
  await measureHealth();
  await measureMemory(bench);
  await measureColdStart(bench);
  await measurePackets(bench);
}

async function measureAgent(): Promise<void> {
  results.agent = agentResult(await measureAgentProgram());
  say(`the agent's one file: ${JSON.stringify(results.agent)}`);
}

async function measureHealth(): Promise<void> {
  results.healthChecks10000 = await measureHealthChecks();
  say(`10,000 health checks at 5 s: ${JSON.stringify(results.healthChecks10000)}`);
}

async function measurePath(quick: boolean): Promise<void> {
  const found = await measureDatapath(directory, NFTLB_FOLDER, quick);
  results.datapath = datapathResult(found);
  for (const text of datapathTable(results.datapath)) say(text);
}

async function measureRest(quick: boolean): Promise<void> {
  results.api = await measureApi(directory, quick);
  for (const text of apiTable(results.api)) say(text);
}

async function setUp(): Promise<Bench> {
  const network = await buildNetwork();
  await mkdir(join(directory, 'logs'));
  const token = randomBytes(24).toString('base64url');
  const apiProgram = Program.start('api', placeOf(network.control, 'api'), {
    PORT: `${API_PORT}`,
    HOMEWARD_HOST: API_ADDRESS,
    HOMEWARD_ADMIN_TOKEN: token,
    HOMEWARD_DATA_DIR: join(directory, 'data'),
    HOMEWARD_LOG_LEVEL: 'warn',
  });
  const api = new RestClient(token);
  await untilReady(api);
  const stateDir = join(directory, 'state');
  const startEngine = await joinDirector(api, network, stateDir);
  const engine = startEngine();
  const fleet = await Fleet.start(api);
  say('the API, the engine and a fleet of 100 agents are up');
  return {
    network,
    directory,
    apiProgram,
    engine,
    startEngine,
    rig: { api, fleet, stateDir, services: [] },
  };
}

async function untilReady(api: RestClient): Promise<void> {
  await until({
    what: 'the API',
    limitMs: API_LIMIT_MS,
    look: () =>
      api.call('GET', '/readyz').then(
        () => ({ found: true }),
        (error: Error) => ({ missing: error.message }),
      ),
  });
}

async function joinDirector(
  api: RestClient,
  network: BenchNetwork,
  stateDir: string,
): Promise<() => Program> {
  const body = { name: 'director', role: 'director', addresses: [DIRECTOR_ADDRESS] };
  const { joinToken } = await api.call<{ joinToken: string }>('POST', '/v1/nodes', body);
  return () =>
    Program.start('engine', placeOf(network.director, 'engine'), {
      HOMEWARD_API_URL: API_URL,
      HOMEWARD_JOIN_TOKEN: joinToken,
      HOMEWARD_STATE_DIR: stateDir,
      HOMEWARD_INTERFACE: 'eth0',
      HOMEWARD_LOG_LEVEL: 'warn',
    });
}

async function measureSize({ network, rig }: Bench, size: number, count: number): Promise<void> {
  const { createdPerSecond, settledMs } = await populate(rig, size);
  say(
    `${size} services: ${createdPerSecond.toFixed(0)} created a second by REST, all in documents after ${seconds(settledMs)} more`,
  );
  const { seed, services: documents } = await readHeldServices(rig.stateDir);
  const program = network.director.spawn(['perl', WATCH_PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  const watch = new ElementWatch(program);
  await watch.listening;
  const bare = await BareTable.load(documents.values(), benchGround(seed));
  const sampling = { rig, watch, bare, documents };
  const found = changeQuantiles(await samplePatches(sampling, count), await samplePosts(sampling, count));
  results.changeToKernel[`${size}`] = found;
  say(`  PATCH of a weight: ${JSON.stringify({ ...found, post: undefined })}`);
  say(`  POST of a service: ${JSON.stringify(found.post)}`);
  watch.stop();
  await bare.close();
  await settle(rig);
}

async function measureFilling(): Promise<void> {
  const bench = await setUp();
  await populate(bench.rig, FULL_SIZE);
  await measureMemory(bench);
}

/** By the highest that it came to: what is resident at some moment tells how long ago garbage was collected. */
async function measureMemory({ apiProgram }: Bench): Promise<void> {
  const { residentMb, highestMb } = await apiProgram.memory();
  results.apiHighestRssMb = highestMb;
  say(`API with ${FULL_SIZE} services: ${residentMb} MiB resident, ${highestMb} MiB at its highest`);
}

async function measureColdStart(bench: Bench): Promise<void> {
  const { network, rig } = bench;
  await bench.engine.stop();
  const { seed, services } = await readHeldServices(rig.stateDir);
  const ground = benchGround(seed);
  await forgetEverything(network.director);
  const before = await timeBareLoad(services.values(), ground);
  const cold = await timeColdStart(network.director, services.size, () => {
    bench.engine = bench.startEngine();
  });
  // The better of two, for a floor that something disturbed is none.
  const floorMs = Math.min(before, await timeBareLoad(services.values(), ground));
  results.coldStart10000 = coldStartResult(cold, floorMs);
  say(
    `cold start: table after ${seconds(cold.tableMs)}, all VIPs after ${seconds(cold.wholeMs)}; a bare load takes ${seconds(floorMs)}`,
  );
  await requireCounts(network.director, countElements(services.values(), ground));
}

/** With all programs ended: the kernel forwards without them, and they would only take its time. */
async function measurePackets(bench: Bench): Promise<void> {
  const { network, rig, directory: place } = bench;
  await bench.engine.stop();
  await rig.fleet.stop();
  await bench.apiProgram.stop();
  const { seed, services } = await readHeldServices(rig.stateDir);
  const first = services.get(rig.services[0]?.id ?? '');
  if (first === undefined) throw new Error('the first service is not held');
  const input = tableText([first], benchGround(seed));
  await network.single.exec(['nft', '-f', '-'], { input });
  const rates = await measurePacketRates(network, services.size, place);
  results.packetsPerSecond = packetResult(rates);
  say(`packets per second: ${JSON.stringify(rates)}`);
}

function placeOf(host: BenchNetwork['control'], name: string) {
  return { host, logFile: join(directory, 'logs', `${name}.log`) };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
