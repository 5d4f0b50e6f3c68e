/** How a director finds out, over the way of clients' packets, that a real server answers on the VIP. */

interface CheckTiming {
  readonly intervalSeconds: number;
  /** Less than the interval, so that checks of one server never pile up. */
  readonly timeoutSeconds: number;
  /** Successes in a row until the server counts as healthy. */
  readonly rise: number;
  /** Failures in a row until it does not. */
  readonly fall: number;
  /** Where the server is asked; null: the service's port, of a range the first. */
  readonly port: number | null;
}

export interface NoHealthCheck {
  readonly type: 'none';
}

export interface ConnectHealthCheck extends CheckTiming {
  readonly type: 'tcp';
}

export interface HttpHealthCheck extends CheckTiming {
  readonly type: 'http' | 'https';
  readonly method: 'GET' | 'HEAD';
  readonly path: string;
  /** The Host header; null: the VIP. */
  readonly host: string | null;
  readonly expectedStatus: number;
  /** Some part of the body; null: whatever it says. */
  readonly expectedBody: string | null;
}

export interface UdpHealthCheck extends CheckTiming {
  readonly type: 'udp';
  /** How `payload` and `expectedReply` are spelled. */
  readonly encoding: 'text' | 'base64';
  readonly payload: string;
  /** What the reply begins with; empty: any reply. Null: none is waited for, and only a refusal is a failure. */
  readonly expectedReply: string | null;
}

export type HealthCheck = NoHealthCheck | ConnectHealthCheck | HttpHealthCheck | UdpHealthCheck;
export type HealthCheckType = HealthCheck['type'];

const TIMING = { intervalSeconds: 5, timeoutSeconds: 2, rise: 2, fall: 3, port: null } as const;

type Said<T extends HealthCheck> = Omit<T, 'type'>;

/** What is left out of a health check, by its type; `https` as `http`. */
export const HEALTH_CHECK_DEFAULTS: {
  readonly tcp: Said<ConnectHealthCheck>;
  readonly http: Said<HttpHealthCheck>;
  readonly udp: Said<UdpHealthCheck>;
} = {
  tcp: TIMING,
  http: { ...TIMING, method: 'GET', path: '/', host: null, expectedStatus: 200, expectedBody: null },
  udp: { ...TIMING, encoding: 'text', payload: '', expectedReply: null },
};

/** The bytes of a text of a UDP check; null: it is not spelled as its encoding wants it. */
export function datagramOf(text: string, encoding: UdpHealthCheck['encoding']): Buffer | null {
  if (encoding === 'text') return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
