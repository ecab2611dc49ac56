import assert from 'node:assert/strict';
import Ajv, { type ValidateFunction } from 'ajv';
import { writeOpenGraph } from '../../src/exports/openGraph';
import type { OrgReader } from '../../src/exports/orgReader';
import { addAnotherOrg } from '../../dev/lab/graph/anotherOrg';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';
import { contentOf, edgeLine, inOrder, nodeLine, plain, type Content } from './support/content';
import { addAttacks, ATTACKS, openOrg, useSyncedOrg } from './support/exportedOrg';

type Json = Record<string, unknown>;

interface OpenGraph {
  graph: {
    nodes: { id: string; kinds: string[]; properties: Json }[];
    edges: { kind: string; start: { value: string }; end: { value: string }; properties: Json }[];
  };
}

/** The rules that https://bloodhound.specterops.io/opengraph/developer/nodes and /edges publish. */
const VALUES = {
  anyOf: [
    { type: ['string', 'number', 'boolean'] },
    ...['string', 'number', 'boolean'].map((type) => ({ type: 'array', items: { type } })),
  ],
};
const KIND = { type: 'string', pattern: '^[A-Za-z0-9_]+$', not: { pattern: '^[Tt][Aa][Gg](_|$)' } };
const END = {
  type: 'object',
  properties: { value: { type: 'string', minLength: 1 } },
  required: ['value'],
  additionalProperties: false,
};
const isOpenGraph: ValidateFunction = new Ajv({ allErrors: true, allowUnionTypes: true }).compile({
  type: 'object',
  properties: {
    metadata: {
      type: 'object',
      properties: { source_kind: { type: 'string' } },
      required: ['source_kind'],
      additionalProperties: false,
    },
    graph: {
      type: 'object',
      properties: {
        nodes: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              id: { type: 'string', minLength: 1 },
              kinds: { type: 'array', items: KIND, minItems: 1, maxItems: 3 },
              properties: {
                type: 'object',
                additionalProperties: VALUES,
                propertyNames: {
                  pattern: '^[a-z][a-z0-9_]*$',
                  not: { enum: ['objectid', 'lastseen', 'reconcile'] },
                },
              },
            },
            required: ['id', 'kinds', 'properties'],
            additionalProperties: false,
          },
        },
        edges: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              start: END,
              end: END,
              kind: KIND,
              properties: { type: 'object', additionalProperties: VALUES },
            },
            required: ['start', 'end', 'kind', 'properties'],
            additionalProperties: false,
          },
        },
      },
      required: ['nodes', 'edges'],
      additionalProperties: false,
    },
  },
  required: ['metadata', 'graph'],
  additionalProperties: false,
});

async function exported(org: OrgReader): Promise<OpenGraph> {
  let text = '';
  await writeOpenGraph(org, async (part) => void (text += String(part)));
  const parsed = JSON.parse(text) as OpenGraph;
  assert.equal(isOpenGraph(parsed) || JSON.stringify(isOpenGraph.errors?.slice(0, 5)), true);
  const ids = new Set(parsed.graph.nodes.map(({ id }) => id));
  assert.equal(ids.size, parsed.graph.nodes.length, 'each id once');
  for (const { start, end } of parsed.graph.edges)
    assert.ok(ids.has(start.value) && ids.has(end.value), 'both ends are among the nodes');
  return parsed;
}

const LABELS: Record<string, string> = {
  Okta_User: 'User',
  Okta_Group: 'Group',
  Okta_Application: 'App',
  Okta_Role: 'AdminRole',
  Okta_CustomRole: 'AdminRole',
  Okta_GroupRule: 'GroupRule',
};
const TYPES: Record<string, string> = {
  Okta_MemberOf: 'MEMBER_OF',
  Okta_ManagerOf: 'REPORTS_TO',
  Okta_AppAssignment: 'ASSIGNED_TO',
  Okta_HasRole: 'HAS_ROLE',
  Okta_AddsTo: 'ADDS_TO',
};

/** The graph that an export was made of. */
function contentIn({ graph }: OpenGraph): Content {
  const times = (properties: Json) =>
    Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plain(value)]));
  const oktaIds = new Map(graph.nodes.map(({ id, properties }) => [id, properties['okta_id']]));
  return inOrder({
    nodes: graph.nodes.map(({ kinds: [kind = ''], properties }) => {
      const { name: _name, displayname: _, okta_id: id, okta_name: name, ...own } = properties;
      return nodeLine(LABELS[kind] ?? kind, id, { ...times(own), name });
    }),
    edges: graph.edges.map(({ kind, start, end, properties }) => {
      const ends = [oktaIds.get(start.value), oktaIds.get(end.value)];
      const [from, to] = kind === 'Okta_ManagerOf' ? ends.reverse() : ends;
      return edgeLine(TYPES[kind] ?? kind, from, to, times(properties));
    }),
  });
}

describe('An export as BloodHound OpenGraph', () => {
  const used = useSyncedOrg();

  it('has each node and relationship of the org once, as the published rules ask for', async () => {
    const { org } = used;
    const graph = contentIn(await exported(await openOrg(org.db, org.sim.domain)));
    assert.ok(graph.nodes.length > 180 && graph.edges.length > 800);
    assert.deepEqual(graph, await contentOf(org.db, org.sim.domain));
  });

  it('names nodes as people know them, and keeps ids of standard roles of several orgs apart', async () => {
    const { org } = used;
    const { graph } = await exported(await openOrg(org.db, org.sim.domain));
    for (const { kinds, properties } of graph.nodes)
      if (kinds[0] === 'Okta_User') assert.equal(properties['name'], properties['login']);
    const role = graph.nodes.find(({ kinds }) => kinds[0] === 'Okta_Role');
    assert.equal(role?.id, `${String(role?.properties['type'])}@${org.sim.domain}`);
  });

  it('has the JSON of Okta only if that is asked for, and never the state of the sync', async () => {
    const { org } = used;
    const { graph } = await exported(await openOrg(org.db, org.sim.domain, { includesRaw: true }));
    const withRaw = graph.nodes.filter(({ properties }) =>
      Object.keys(properties).some((name) => name.startsWith('okta_raw_')),
    );
    assert.deepEqual([...new Set(withRaw.map(({ kinds }) => kinds[0]))].sort(), ['Okta_Group', 'Okta_User']);
    assert.ok(graph.nodes.every(({ properties }) => !('okta_raw_hash' in properties)));
  });
});

describe('An export as BloodHound OpenGraph of a graph', () => {
  const graph = useGraph();
  afterEach(() => graph.clean());

  it('keeps texts that break formats as they are, and other properties of the same name apart', async () => {
    await addAttacks(graph.db, graph.domain);
    const { nodes } = (await exported(await openOrg(graph.db, graph.domain))).graph;
    for (const [index, text] of ATTACKS.entries()) {
      const user = nodes.find(({ id }) => id === `attacker-${index}`)?.properties;
      assert.deepEqual(
        [user?.['name'], user?.['okta_name'], user?.['okta_objectid'], user?.['displayname'], user?.['tags']],
        [text, text, text, text, [text, 'a;b', '']],
      );
      const mixed = [text, String(index), JSON.stringify([text])][index % 3];
      assert.equal(user?.['mixed'], mixed, 'values of several types are texts');
      assert.equal(user?.['onsite'], index % 2 === 0, 'names are in lower case');
      assert.equal(nodes.find(({ id }) => id === `attacked-${index}`)?.properties['costcenter'], text);
    }
  });

  it('keeps properties whose names differ only by case, are taken, or are those of every object', async () => {
    const names = ['costCenter', 'costcenter', 'COSTCENTER', 'costcenter_2', 'okta_id', 'okta_name', 'name'];
    await graph.set(
      `CREATE (o:OktaOrg {domain: $domain}), (u:User {okta_domain: $domain, id: '00u1', login: 'ada'})
       SET o.user_properties = $names, u += $values
       CREATE (:User {okta_domain: $domain, id: '00u2', costcenter: 'only this'})`,
      {
        names: [...names, 'constructor', 'toString'],
        values: {
          ...Object.fromEntries(names.map((name) => [name, `of ${name}`])),
          constructor: 'of Bauhaus',
          toString: 'of toString',
        },
      },
    );
    const { nodes } = (await exported(await openOrg(graph.db, graph.domain))).graph;
    const [user, other] = nodes.map(({ properties }) => properties);
    assert.deepEqual(user, {
      ...{ login: 'ada', name: 'ada', displayname: 'ada', okta_domain: graph.domain, okta_id: '00u1' },
      ...{ costcenter: 'of costCenter', costcenter_2: 'of costcenter', costcenter_3: 'of COSTCENTER' },
      ...{ costcenter_2_2: 'of costcenter_2', okta_id_2: 'of okta_id' },
      ...{ okta_name: 'of okta_name', okta_name_2: 'of name' },
      ...{ constructor: 'of Bauhaus', tostring: 'of toString' },
    });
    assert.equal(other?.['costcenter_2'], 'only this', 'a name means the same in every node');
    assert.ok(!Object.hasOwn(other, 'costcenter'));
  });

  it('has no object of another org, even with the same ids', async () => {
    await graph.set(
      `CREATE (:OktaOrg {domain: $domain}), (:User {okta_domain: $domain, id: '00u1'})-[:MEMBER_OF]->(:Group {okta_domain: $domain, id: '00g1'})`,
    );
    const other = await addAnotherOrg(graph.db, { userId: '00u1', groupId: '00g1' });
    try {
      const ours = await exported(await openOrg(graph.db, graph.domain));
      assert.deepEqual([ours.graph.nodes.length, ours.graph.edges.length], [2, 1]);
      assert.doesNotMatch(JSON.stringify(ours), /theirs/);
      const theirs = await exported(await openOrg(graph.db, other));
      assert.deepEqual(contentIn(theirs), await contentOf(graph.db, other));
    } finally {
      await emptyGraph(graph.db, [other]);
    }
  });

  it('of an org without objects is valid and empty', async () => {
    await graph.set('CREATE (:OktaOrg {domain: $domain})');
    const { nodes, edges } = (await exported(await openOrg(graph.db, graph.domain))).graph;
    assert.deepEqual([nodes, edges], [[], []]);
  });
});
