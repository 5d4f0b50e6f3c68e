/**
 * The only reader of process.env. Each role gets its own settings, checked; where one is wrong, the process ends with
 * exit code 2 and the list of all that is wrong, before it has touched anything.
 * Nothing else in the program reads the environment, so this file is the list of what can be set.
 */
import { resolve } from 'node:path';
import { EnvironmentReader, EnvironmentUnusable, type Environment } from './environment-reader.js';
import type { LogLevel } from './logger.js';

/** Long enough that guessing is hopeless, whoever made it: 24 characters, 96 bits as hexadecimal. */
const LEAST_TOKEN_LENGTH = 24;
/** RFC 6750 token68: what a client can send behind "Bearer" without quoting. */
const TOKEN = /^[\w.~+/-]+=*$/;
const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'silent'];
const EXIT_BAD_SETTINGS = 2;
const MOST_EVENT_DAYS = 3_650;
/** Each role has its own: whoever takes an agent off a host must not take a director's identity with it. */
const DIRECTOR_STATE_DIR = '/var/lib/homeward';
const AGENT_STATE_DIR = '/var/lib/homeward-agent';

export interface MigrateEnv {
  /** `DATABASE_URL`: an existing PostgreSQL. Absent: the embedded one is used. */
  readonly databaseUrl?: string;
  /** `HOMEWARD_DATA_DIR`, absolute. */
  readonly dataDir: string;
  /** `HOMEWARD_LOG_LEVEL` */
  readonly logLevel: LogLevel;
}

export interface ApiEnv extends MigrateEnv {
  /** `PORT`; 0 takes a free one. */
  readonly port: number;
  /** `HOMEWARD_HOST` */
  readonly host: string;
  /** `HOMEWARD_ADMIN_TOKEN`: the first admin token. */
  readonly adminToken?: string;
  /** `HOMEWARD_PUBLIC_URL`: where nodes reach the API, without a slash at the end. */
  readonly publicUrl?: string;
  /** `HOMEWARD_EVENT_DAYS`: how long events are kept. */
  readonly eventDays: number;
}

interface StateEnv {
  /** `HOMEWARD_STATE_DIR`, absolute. */
  readonly stateDir: string;
  /** `HOMEWARD_LOG_LEVEL` */
  readonly logLevel: LogLevel;
}

export interface NodeEnv extends StateEnv {
  /** `HOMEWARD_API_URL`, without a slash at the end. */
  readonly apiUrl: string;
  /** `HOMEWARD_JOIN_TOKEN`: needed once, to join. */
  readonly joinToken?: string;
}

interface RealServerEnv {
  /** `HOMEWARD_SYSCTL_DIR`, absolute: where this host keeps settings that it sets at boot. */
  readonly sysctlDir: string;
  /** `HOMEWARD_RUN_DIR`, absolute: where the lock is that one agent has; made when absent. */
  readonly runDir: string;
}

export interface AgentEnv extends NodeEnv, RealServerEnv {}

/** What `homeward agent boot` needs, which asks nobody. */
export interface BootEnv extends StateEnv, RealServerEnv {}

export interface EngineEnv extends NodeEnv {
  /** `HOMEWARD_INTERFACE`: where clients' packets arrive. Absent: the engine finds it. */
  readonly interface?: string;
  /** `HOMEWARD_METRICS_PORT`: where the engine serves metrics, on loopback alone. Absent: it serves none. */
  readonly metricsPort?: number;
}

export function migrateEnv(environment: Environment = process.env): MigrateEnv {
  return orDie(environment, (reader) => databaseSettings(reader));
}

export function apiEnv(environment: Environment = process.env): ApiEnv {
  return orDie(environment, (reader) => ({
    ...databaseSettings(reader),
    port: reader.wholeNumber('PORT', [0, 65_535], 3000),
    // The API speaks plain HTTP with bearer tokens: the network sees it only where somebody decided so.
    host: reader.text('HOMEWARD_HOST') ?? '127.0.0.1',
    eventDays: reader.wholeNumber('HOMEWARD_EVENT_DAYS', [1, MOST_EVENT_DAYS], 30),
    ...given({ adminToken: adminToken(reader), publicUrl: publicUrl(reader) }),
  }));
}

export function agentEnv(environment: Environment = process.env): AgentEnv {
  return orDie(environment, (reader) => ({
    ...nodeSettings(reader, AGENT_STATE_DIR),
    ...realServerSettings(reader),
  }));
}

export function bootEnv(environment: Environment = process.env): BootEnv {
  return orDie(environment, (reader) => ({
    ...stateSettings(reader, AGENT_STATE_DIR),
    ...realServerSettings(reader),
  }));
}

export function engineEnv(environment: Environment = process.env): EngineEnv {
  return orDie(environment, (reader) => ({
    ...nodeSettings(reader, DIRECTOR_STATE_DIR),
    ...given({ interface: interfaceName(reader), metricsPort: metricsPort(reader) }),
  }));
}

/** What `homeward engine doctor` needs; it asks the control plane only where it is told of one. */
export interface DoctorEnv extends StateEnv, Pick<EngineEnv, 'interface'>, Partial<Pick<NodeEnv, 'apiUrl'>> {}

export function doctorEnv(environment: Environment = process.env): DoctorEnv {
  return orDie(environment, (reader) => ({
    ...stateSettings(reader, DIRECTOR_STATE_DIR),
    ...given({ interface: interfaceName(reader), apiUrl: apiUrlOf(reader) }),
  }));
}

export interface CtlEnv {
  /** `HOMEWARD_API_URL`, without a slash at the end. */
  readonly apiUrl: string;
  /** `HOMEWARD_TOKEN`: who asks. */
  readonly token: string;
}

/** What `homeward ctl` needs, on whatever host an operator sits. A token among the arguments would be seen by everybody there. */
export function ctlEnv(environment: Environment = process.env): CtlEnv {
  return orDie(environment, (reader) => {
    const token = reader.secret('HOMEWARD_TOKEN');
    if (token === undefined) reader.refuse('HOMEWARD_TOKEN, or HOMEWARD_TOKEN_FILE, must be set');
    // Sent as it is, it would stand in the error of whoever cannot send it.
    else if (!TOKEN.test(token)) reader.refuse('HOMEWARD_TOKEN must be one token and nothing else');
    return { apiUrl: apiUrlOf(reader) ?? 'http://127.0.0.1:3000', token: token ?? '' };
  });
}

/** For commands on a director's host that ask nobody. */
export function directorStateEnv(environment: Environment = process.env): StateEnv {
  return orDie(environment, (reader) => stateSettings(reader, DIRECTOR_STATE_DIR));
}

function orDie<T>(environment: Environment, read: (reader: EnvironmentReader) => T): T {
  const reader = new EnvironmentReader(environment);
  try {
    return reader.accept(read(reader));
  } catch (error) {
    if (!(error instanceof EnvironmentUnusable)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_BAD_SETTINGS);
  }
}

function databaseSettings(reader: EnvironmentReader): MigrateEnv {
  return {
    ...given({
      databaseUrl: reader.url('DATABASE_URL', ['postgres:', 'postgresql:'], reader.secret('DATABASE_URL')),
    }),
    dataDir: resolve(reader.text('HOMEWARD_DATA_DIR') ?? 'data'),
    logLevel: logLevel(reader),
  };
}

function nodeSettings(reader: EnvironmentReader, stateDir: string): NodeEnv {
  if (reader.text('HOMEWARD_API_URL') === undefined) {
    reader.refuse('HOMEWARD_API_URL must be set, such as http://192.0.2.5:3000');
  }
  return {
    apiUrl: apiUrlOf(reader) ?? '',
    ...given({ joinToken: reader.secret('HOMEWARD_JOIN_TOKEN') }),
    ...stateSettings(reader, stateDir),
  };
}

function apiUrlOf(reader: EnvironmentReader): string | undefined {
  const name = 'HOMEWARD_API_URL';
  const url = reader.url(name, ['http:', 'https:'], reader.text(name));
  // Nobody sends them, and they would stand in every message that says where the API is.
  if (url !== undefined && new URL(url).username + new URL(url).password !== '')
    return reader.refuse(`${name} must have no user and no password`);
  return url?.replace(/\/+$/, '');
}

function stateSettings(reader: EnvironmentReader, stateDir: string): StateEnv {
  return {
    stateDir: resolve(reader.text('HOMEWARD_STATE_DIR') ?? stateDir),
    logLevel: logLevel(reader),
  };
}

function realServerSettings(reader: EnvironmentReader): RealServerEnv {
  return {
    sysctlDir: resolve(reader.text('HOMEWARD_SYSCTL_DIR') ?? '/etc/sysctl.d'),
    runDir: resolve(reader.text('HOMEWARD_RUN_DIR') ?? '/run/homeward-agent'),
  };
}

function logLevel(reader: EnvironmentReader): LogLevel {
  return reader.choice('HOMEWARD_LOG_LEVEL', LOG_LEVELS, 'info');
}

function adminToken(reader: EnvironmentReader): string | undefined {
  const token = reader.secret('HOMEWARD_ADMIN_TOKEN');
  if (token === undefined) return undefined;
  if (token.length >= LEAST_TOKEN_LENGTH && TOKEN.test(token)) return token;
  return reader.refuse(
    `HOMEWARD_ADMIN_TOKEN must have at least ${LEAST_TOKEN_LENGTH} characters, all of them letters, digits or -._~+/=`,
  );
}

/** It becomes part of a line that operators paste into a shell. */
function publicUrl(reader: EnvironmentReader): string | undefined {
  const url = reader.text('HOMEWARD_PUBLIC_URL')?.replace(/\/+$/, '');
  if (url === undefined || /^https?:\/\/[\w.:[\]-]+(\/[\w./~-]*)?$/.test(url)) return url;
  return reader.refuse('HOMEWARD_PUBLIC_URL must be a plain URL, such as https://homeward.example.com');
}

function interfaceName(reader: EnvironmentReader): string | undefined {
  const name = reader.text('HOMEWARD_INTERFACE');
  // The kernel's limit is 15 bytes; these characters are safe in every place where a name is printed.
  if (name === undefined || /^[A-Za-z0-9][\w.@-]{0,14}$/.test(name)) return name;
  return reader.refuse('HOMEWARD_INTERFACE must be the name of a network interface, such as eth0');
}

function metricsPort(reader: EnvironmentReader): number | undefined {
  const port = reader.wholeNumber('HOMEWARD_METRICS_PORT', [1, 65_535], 0);
  return port === 0 ? undefined : port;
}

/** The same object without the members that are undefined. */
function given<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
