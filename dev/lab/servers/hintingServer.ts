import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { freePort } from '../../../src/local/ports';
import { startService } from '../../../src/local/service';
import { DEV_SERVER } from '../../../src/local/temporal';
import { temporalBinary } from '../../../src/local/temporalBinary';

export interface HintingServer {
  address: string;
  stop(): Promise<void>;
}

/** A dev server that suggests to continue as new as soon as a history has so many events; by default it is 4,096. */
export async function startHintingServer(events: number): Promise<HintingServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'okta-graph-hinting-server-'));
  const server = await startService<string>({
    name: 'Temporal',
    dataDir,
    prepare: async () => {
      const command = await temporalBinary(DEV_SERVER, () => undefined);
      const port = await freePort();
      const hint = `limit.historyCount.suggestContinueAsNew=${events}`;
      const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)];
      return { command, args: [...args, '--dynamic-config-value', hint], endpoint: `127.0.0.1:${port}` };
    },
    probe: hasNamespace,
    readyTimeoutMs: 30_000,
  });
  return {
    address: server.endpoint,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function hasNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
  } finally {
    await connection.close();
  }
}
