import { describe, expect, it } from 'vitest';
import { inheritedSettings, ownSettings } from './inherited-settings.js';

const WANTED = { 'all/arp_ignore': 1, 'default/arp_ignore': 1 };
const CHANGED = {
  'all/arp_ignore': { before: 0, written: 1 },
  'default/arp_ignore': { before: 0, written: 1 },
};

describe('the settings of single interfaces', () => {
  it('are their own when they were so before the default was', () => {
    const found = {
      'all/arp_ignore': 0,
      'default/arp_ignore': 0,
      'eth0/arp_ignore': 1,
      'eth1/arp_ignore': 0,
    };
    expect(ownSettings({}, found, WANTED)).toEqual({ 'eth0/arp_ignore': 1 });
    const known = { 'all/arp_ignore': { before: 0, written: 1 } };
    expect(ownSettings(known, found, WANTED)).toEqual({ 'eth0/arp_ignore': 1 });
  });

  it('are inherited when they came after it', () => {
    const found = { 'all/arp_ignore': 1, 'default/arp_ignore': 1, 'eth0/arp_ignore': 1 };
    expect(ownSettings({}, found, WANTED)).toEqual({});
    expect(inheritedSettings(CHANGED, found)).toEqual({ 'eth0/arp_ignore': 0 });
  });

  it('are inherited also when somebody put the default back meanwhile', () => {
    const found = { 'all/arp_ignore': 1, 'default/arp_ignore': 0, 'eth0/arp_ignore': 1 };
    expect(ownSettings(CHANGED, found, WANTED)).toEqual({});
    expect(inheritedSettings(CHANGED, found)).toEqual({ 'eth0/arp_ignore': 0 });
  });

  it('stay when they are remembered as their own, or were set to something else', () => {
    const changed = { ...CHANGED, 'eth0/arp_ignore': { before: 1, written: 1 } };
    const found = { 'default/arp_ignore': 1, 'eth0/arp_ignore': 1, 'eth1/arp_ignore': 2 };
    expect(inheritedSettings(changed, found)).toEqual({});
  });

  it('stay where the agent found the default as it is', () => {
    const changed = { 'default/arp_ignore': { before: 1, written: 1 } };
    expect(inheritedSettings(changed, { 'default/arp_ignore': 1, 'eth0/arp_ignore': 1 })).toEqual({});
  });

  it('are none on a host that has other names', () => {
    const found = { 'adapter one': 'Enabled' };
    expect(ownSettings({}, found, found)).toEqual({});
    expect(inheritedSettings({ 'adapter one': { before: 'x', written: 'Enabled' } }, found)).toEqual({});
  });
});
