import { timeSkippingServer } from './timeSkippingServer';
import { Servers, SharedServers } from './servers';

/** The time-out of a `before` hook that calls a getter below: leaves room for a first download. */
export const SERVICE_TIMEOUT_MS = 180_000;

/** `npm test` has several processes share its servers; a process that runs alone starts its own. */
const SHARED = process.env['OKTA_GRAPH_TEST_SERVERS'];
const servers = SHARED ? new SharedServers(SHARED) : new Servers();

/** A Temporal dev server, in memory and without a UI. Tests keep apart by task queue and workflow id. */
export const temporal = () => servers.get('temporal');

/** The same with Temporal's next scheduler. */
export const temporalWithChasm = () => servers.get('chasm');

/**
 * A Neo4j without http. It has one database, which tests in other processes use at the same time: tests keep apart by
 * `okta_domain`. A file that needs the database to itself stands in `ALONE` of `scripts/testFiles.ts`.
 */
export const neo4j = () => servers.get('neo4j');

/** Another one, whose transactions get 2 MB each. */
export const smallNeo4j = () => servers.get('smallNeo4j');

/** For `TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`. */
export const timeSkippingServerPath = () => timeSkippingServer();

/** Mocha calls it after the last test. */
export const mochaGlobalTeardown = () => servers.stop();
