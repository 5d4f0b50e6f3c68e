/** How a director finds out that a real server answers. */

interface CheckTiming {
  readonly intervalSeconds: number;
  /** Less than the interval, so that checks of one server never pile up. */
  readonly timeoutSeconds: number;
  /** Successes in a row until the server counts as healthy. */
  readonly rise: number;
  /** Failures in a row until it does not. */
  readonly fall: number;
}

export interface NoHealthCheck {
  readonly type: 'none';
}

export interface ConnectHealthCheck extends CheckTiming {
  readonly type: 'tcp' | 'udp';
}

export interface HttpHealthCheck extends CheckTiming {
  readonly type: 'http' | 'https';
  readonly path: string;
  /** The Host header; null: the VIP. */
  readonly host: string | null;
  readonly expectedStatus: number;
}

export type HealthCheck = NoHealthCheck | ConnectHealthCheck | HttpHealthCheck;
export type HealthCheckType = HealthCheck['type'];

export const HEALTH_CHECK_DEFAULTS = {
  intervalSeconds: 5,
  timeoutSeconds: 2,
  rise: 2,
  fall: 3,
  path: '/',
  host: null,
  expectedStatus: 200,
} as const;
