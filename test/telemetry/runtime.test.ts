import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ENVIRONMENT } from '../../dev/lab/configFor';
import { startWorkerProcess } from '../../dev/lab/servers/workerProcess';

describe('A worker process', () => {
  it('says which setting is wrong when the address of the metrics is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    try {
      await assert.rejects(
        startWorkerProcess({ ...ENVIRONMENT, METRICS_ADDRESS: taken }),
        /METRICS_ADDRESS cannot be used: .*in use/,
      );
    } finally {
      other.close();
    }
  });
});
