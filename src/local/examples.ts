import { printable } from '../text/printable';
import { renderTable } from '../text/table';
import type { GraphDatabase } from '../graph/database';

/** An example query that can be pasted into Neo4j Browser. */
interface Example {
  question: string;
  cypher: string;
}

const EXAMPLES: readonly Example[] = [
  {
    question: 'Largest groups',
    cypher: `MATCH (g:Group {okta_domain: $domain})
RETURN g.name AS group, COUNT { (g)<-[:MEMBER_OF]-() } AS members
ORDER BY members DESC LIMIT 5`,
  },
  {
    question: 'Deactivated users who still have group memberships',
    cypher: `MATCH (u:User {okta_domain: $domain, status: 'DEPROVISIONED'})-[:MEMBER_OF]->(g:Group)
RETURN u.display_name AS user, u.email AS email, count(g) AS groups
ORDER BY groups DESC, email LIMIT 5`,
  },
  {
    question: 'Users whose manager is deactivated',
    cypher: `MATCH (u:User {okta_domain: $domain, status: 'ACTIVE'})
MATCH (m:User {okta_domain: $domain, id: u.manager_id, status: 'DEPROVISIONED'})
RETURN u.display_name AS user, u.title AS title, m.display_name AS manager
ORDER BY user LIMIT 5`,
  },
];

/** Returns the examples with their current results, as text. */
export async function answeredExamples(db: GraphDatabase, domain: string): Promise<string> {
  const answered: string[] = [];
  for (const { question, cypher } of EXAMPLES) {
    const rows = await db.read<Record<string, unknown>>(cypher, { domain });
    answered.push(`${question}:\n${indented(cypher)}\n${tableOf(rows)}\n`);
  }
  return `To run these in Neo4j Browser, first set:  :param domain => '${domain}'\n\n${answered.join('\n')}`;
}

function tableOf(rows: readonly Record<string, unknown>[]): string {
  const [first] = rows;
  if (!first) return '  (none)';
  return renderTable(
    Object.keys(first),
    rows.map((row) => Object.values(row).map((value) => printable(String(value ?? '')))),
  );
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}
