import { expect, it } from 'vitest';
import { sampleSeen } from '../drivers/nftables/seen-service.fake.js';
import { serviceMetrics } from './service-metrics.js';

const inForce = (number: number) => ({
  key: `service-${number}`,
  version: 1,
  revision: 1,
  body: { ...sampleSeen({ endPort: 89 }).body, number },
});

it('tells what the kernel counted, and how many servers get new flows', async () => {
  const servers = new Map([[11, { packets: 7, bytes: 420, flows: 2 }]]);
  const totals = { byNumber: new Map([[1, { packets: 12, bytes: 720, flows: 3, servers }]]) };
  const { text } = await serviceMetrics([inForce(1), inForce(2)], totals);
  const labels = (name: string) => `{service="${name}",vip="192.0.2.200",protocol="tcp",port="80-89"}`;
  expect(text).toContain(`homeward_director_service_packets_total${labels('service-1')} 12\n`);
  expect(text).toContain(`homeward_director_service_bytes_total${labels('service-1')} 720\n`);
  expect(text).toContain(`homeward_director_service_flows${labels('service-1')} 3\n`);
  expect(text).toContain(`homeward_director_service_servers${labels('service-2')} 2\n`);
  expect(text).toContain(`homeward_director_service_packets_total${labels('service-2')} 0\n`);
  expect(text).not.toContain(`homeward_director_service_flows${labels('service-2')}`);
  expect(text).toContain('homeward_director_services 2\n');
  const server = labels('service-1').replace('}', ',real_server="192.0.2.11"}');
  expect(text).toContain(`homeward_director_real_server_packets_total${server} 7\n`);
  expect(text).toContain(`homeward_director_real_server_bytes_total${server} 420\n`);
  expect(text).toContain(`homeward_director_real_server_flows${server} 2\n`);
  expect(text).toContain('homeward_director_real_servers_left_out 0\n');
});

it('has no more series than a collector can bear, and says what it left out', async () => {
  const many = Array.from({ length: 10_003 }, (_, index) => inForce(index + 1));
  const { text } = await serviceMetrics(many, { byNumber: new Map() });
  expect(text.match(/^homeward_director_service_packets_total/gm)).toHaveLength(10_000);
  expect(text).toContain('homeward_director_services_left_out 3\n');
  expect(text.match(/^homeward_director_real_server_packets_total/gm)).toHaveLength(10_000);
  expect(text).toContain('homeward_director_real_servers_left_out 10000\n');
});
