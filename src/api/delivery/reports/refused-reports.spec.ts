import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../platform/logger.js';
import { ApiLogger } from '../../http/api-logger.js';
import { RefusedReports } from './refused-reports.js';

const logger = createLogger('test', 'silent');
const warn = vi.spyOn(logger, 'warn');
let refusals: RefusedReports;

beforeEach(() => {
  warn.mockClear();
  refusals = new RefusedReports(new ApiLogger(logger));
});

describe('a node whose reports are refused', () => {
  it('is named once, however often it tries', () => {
    for (let attempt = 0; attempt < 5; attempt++) refusals.refused('one', 'role is wrong');
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toEqual({ nodeId: 'one', problem: 'role is wrong' });
  });

  it('is named again when something else is wrong, or when it was right in between', () => {
    refusals.refused('one', 'role is wrong');
    refusals.refused('one', 'host is missing');
    refusals.taken('one');
    refusals.refused('one', 'host is missing');
    expect(warn).toHaveBeenCalledTimes(3);
  });

  it('keeps no other node from being named', () => {
    refusals.refused('one', 'role is wrong');
    refusals.refused('two', 'role is wrong');
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
