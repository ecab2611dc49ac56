// beginning of a run

CREATE (a:RemovalApproval {okta_domain: $domain, id: $id, at: datetime.realtime('UTC'), by: $by})
SET a += $counts, a.of_run = $ofRun, a.user_ids = $userIds, a.group_ids = $groupIds;

MATCH (a:RemovalApproval {okta_domain: $domain, id: $approvalId})
WHERE a.used_run IS NULL AND a.at > datetime.realtime('UTC') - duration('P1D')
MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET a.used_run = $number, r.approved_by = a.by, r.approved_at = a.at
RETURN coalesce(a.users, 0) AS users, coalesce(a.groups, 0) AS groups, coalesce(a.memberships, 0) AS memberships, coalesce(a.apps, 0) AS apps, coalesce(a.assignments, 0) AS assignments, coalesce(a.roles, 0) AS roles, coalesce(a.rules, 0) AS rules;

MATCH (g:Group {okta_domain: $domain})
WHERE g.memberships_as_of IS NOT NULL AND NOT (coalesce(g.users_count = 0, false) AND NOT EXISTS { (g)<-[:MEMBER_OF]-() })
   RETURN g.id AS id, CASE WHEN g.users_count > 1000 THEN toInteger(ceil(g.users_count / 1000.0)) ELSE 1 END AS calls ORDER BY g.memberships_read_at, id LIMIT $calls;

MATCH (g:Group {okta_domain: $domain})
WHERE g.memberships_as_of IS NOT NULL AND NOT (coalesce(g.users_count = 0, false) AND NOT EXISTS { (g)<-[:MEMBER_OF]-() })
   WITH g, coalesce(g.memberships_read_at.epochMillis, 0) + $fullEveryMs - $latestMs AS lateMs
   RETURN CASE WHEN lateMs < 0 THEN 1 ELSE 2 + lateMs / $intervalMs END AS within, sum(CASE WHEN g.users_count > 1000 THEN toInteger(ceil(g.users_count / 1000.0)) ELSE 1 END) AS calls
   ORDER BY within;

MATCH (g:Group {okta_domain: $domain})
WHERE g.memberships_read_at <= $before AND coalesce(g.users_count = 0, false) AND NOT EXISTS { (g)<-[:MEMBER_OF]-() }
SET g.memberships_verify_run = $run;

MATCH (g:Group {okta_domain: $domain}) RETURN count(g) AS all, count(g.users_count) AS counted;

MATCH (o:OktaOrg {domain: $domain})
RETURN CASE WHEN EXISTS { MATCH (r:SyncRun {okta_domain: $domain, number: o.last_run - 1}) WHERE r.has_okta_labels IS NULL } THEN null
  ELSE o.has_okta_labels END AS has;

MATCH (o:OktaOrg {domain: $domain})
RETURN o.users_watermark.epochMillis AS watermarkMs, o.last_full_at.epochMillis AS lastFullMs,
       o.users_listed_at.epochMillis AS usersListedMs, coalesce(o.users_left_open, false) AS usersLeftOpen,
       o.groups_watermark.epochMillis AS groupsWatermarkMs,
       o.groups_listed_at.epochMillis AS groupsListedMs, COUNT { (:Group {okta_domain: $domain}) } AS groups;

MATCH (o:OktaOrg {domain: $domain})
SET o.last_run = $number, o.org_id = $orgId, o.suspects = coalesce(o.suspects, [])
CREATE (r:SyncRun {okta_domain: $domain, id: $id})
SET r += $counters, r.number = $number, r.workflow_id = $workflowId, r.mode = $mode, r.outcome = 'running',
    r.allow_deletes = $allowDeletes, r.keeps_history = $keepsHistory, r.has_okta_labels = $hasOktaLabels, r.access = $access, r.access_verify_share = $accessVerifyShare, r.users_changed_since = $usersChangedSince, r.groups_changed_since = $groupsChangedSince,
    r.started_at = datetime.realtime('UTC'), r.warnings = $warnings, r.warnings_omitted = 0,
    r.users_listed = false, r.groups_listed = false,
    r.users_at_start = COUNT { MATCH (:User {okta_domain: $domain}) },
    r.groups_at_start = COUNT { MATCH (:Group {okta_domain: $domain}) },
    r.memberships_at_start = COUNT { MATCH (:Group {okta_domain: $domain})<-[:MEMBER_OF]-() };

MATCH (o:OktaOrg {domain: $domain}) RETURN coalesce(o.last_run, 0) AS lastRun;

MATCH (o:OktaOrg {domain: $domain}) SET o.has_okta_labels = $has;

MATCH (o:OktaOrg {domain: $domain}) SET o.lock = randomUUID();

MATCH (o:OktaOrg) WHERE o.domain = $domain OR o.org_id = $organizationId
RETURN o.domain AS domain, o.org_id AS orgId, o.renaming_to AS renamingTo;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET r.approved_at = CASE WHEN $isGiven THEN coalesce(r.approved_at, r.started_at) END,
    r.approved_users = $counts.users, r.approved_groups = $counts.groups, r.approved_memberships = $counts.memberships, r.approved_apps = $counts.apps, r.approved_assignments = $counts.assignments, r.approved_roles = $counts.roles, r.approved_rules = $counts.rules;

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN r.okta_domain AS domain, r.number AS number, r.id AS id, r.mode AS mode, r.allow_deletes AS allowDeletes,
coalesce(r.keeps_history, true) AS keepsHistory, r.users_changed_since.epochMillis AS usersSinceMs,
r.groups_changed_since.epochMillis AS groupsSinceMs, r.access AS access,
r.access_verify_share AS accessVerifyShare, coalesce(r.has_okta_labels, false) AS hasOktaLabels;

MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number < $run AND coalesce(r.mode <> 'touched', true)
RETURN r.started_at.epochMillis AS startedMs ORDER BY r.number DESC LIMIT 2;

MATCH (s:OktaGraphSchema {name: 'schema'}) RETURN s.version AS version;

MERGE (:OktaOrg {domain: $domain});

SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties RETURN name, type, properties, CASE entityType WHEN 'NODE' THEN labelsOrTypes[0] END AS label;

SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint, state
RETURN name, type, properties, CASE entityType WHEN 'NODE' THEN labelsOrTypes[0] END AS label, state, owningConstraint AS owner;

UNWIND $ids AS id
MATCH (g:Group {okta_domain: $domain, id: id}) SET g.memberships_verify_run = $run;


// users and groups

MATCH (o:OktaOrg {domain: $domain})
WHERE coalesce(o.group_rules, '') <> $key OR o.group_rules_next IS NOT NULL RETURN 1;

MATCH (o:OktaOrg {domain: $domain})
WHERE coalesce(o.user_rules, '') <> $key OR o.user_rules_next IS NOT NULL RETURN 1;

MATCH (o:OktaOrg {domain: $domain}) SET o.lock = randomUUID() WITH o
MATCH (r:SyncRun {okta_domain: $domain, id: $id})
RETURN r.outcome = 'running' AND r.number = $number AND r.mode = $mode AND r.allow_deletes = $allowDeletes AS isOpen, $write IN coalesce(r.recent_writes, []) AS isDone;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET r.groups_as_of = coalesce($asOf, r.groups_as_of),
    r.groups_newest = CASE WHEN r.groups_newest > $newest THEN r.groups_newest ELSE coalesce($newest, r.groups_newest) END,
    r.groups_listed = $isEnd;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET r.users_as_of = coalesce($asOf, r.users_as_of),
    r.users_newest = CASE WHEN r.users_newest > $newest THEN r.users_newest ELSE coalesce($newest, r.users_newest) END,
    r.users_listed = $isEnd;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET r.users_seen = coalesce(r.users_seen, 0) + coalesce($counts.users_seen, 0), r.users_created = coalesce(r.users_created, 0) + coalesce($counts.users_created, 0), r.users_updated = coalesce(r.users_updated, 0) + coalesce($counts.users_updated, 0), r.users_deleted = coalesce(r.users_deleted, 0) + coalesce($counts.users_deleted, 0), r.users_withheld = coalesce(r.users_withheld, 0) + coalesce($counts.users_withheld, 0), r.users_contradicted = coalesce(r.users_contradicted, 0) + coalesce($counts.users_contradicted, 0), r.groups_seen = coalesce(r.groups_seen, 0) + coalesce($counts.groups_seen, 0), r.groups_created = coalesce(r.groups_created, 0) + coalesce($counts.groups_created, 0), r.groups_updated = coalesce(r.groups_updated, 0) + coalesce($counts.groups_updated, 0), r.groups_deleted = coalesce(r.groups_deleted, 0) + coalesce($counts.groups_deleted, 0), r.groups_withheld = coalesce(r.groups_withheld, 0) + coalesce($counts.groups_withheld, 0), r.groups_contradicted = coalesce(r.groups_contradicted, 0) + coalesce($counts.groups_contradicted, 0), r.memberships_groups_read = coalesce(r.memberships_groups_read, 0) + coalesce($counts.memberships_groups_read, 0), r.memberships_groups_verified = coalesce(r.memberships_groups_verified, 0) + coalesce($counts.memberships_groups_verified, 0), r.memberships_groups_failed = coalesce(r.memberships_groups_failed, 0) + coalesce($counts.memberships_groups_failed, 0), r.memberships_added = coalesce(r.memberships_added, 0) + coalesce($counts.memberships_added, 0), r.memberships_removed = coalesce(r.memberships_removed, 0) + coalesce($counts.memberships_removed, 0), r.memberships_removed_unproven = coalesce(r.memberships_removed_unproven, 0) + coalesce($counts.memberships_removed_unproven, 0), r.memberships_withheld = coalesce(r.memberships_withheld, 0) + coalesce($counts.memberships_withheld, 0), r.memberships_contradicted = coalesce(r.memberships_contradicted, 0) + coalesce($counts.memberships_contradicted, 0), r.reporting_lines_added = coalesce(r.reporting_lines_added, 0) + coalesce($counts.reporting_lines_added, 0), r.reporting_lines_removed = coalesce(r.reporting_lines_removed, 0) + coalesce($counts.reporting_lines_removed, 0), r.rules_seen = coalesce(r.rules_seen, 0) + coalesce($counts.rules_seen, 0), r.rules_created = coalesce(r.rules_created, 0) + coalesce($counts.rules_created, 0), r.rules_updated = coalesce(r.rules_updated, 0) + coalesce($counts.rules_updated, 0), r.rules_deleted = coalesce(r.rules_deleted, 0) + coalesce($counts.rules_deleted, 0), r.rules_withheld = coalesce(r.rules_withheld, 0) + coalesce($counts.rules_withheld, 0), r.apps_seen = coalesce(r.apps_seen, 0) + coalesce($counts.apps_seen, 0), r.apps_created = coalesce(r.apps_created, 0) + coalesce($counts.apps_created, 0), r.apps_updated = coalesce(r.apps_updated, 0) + coalesce($counts.apps_updated, 0), r.apps_deleted = coalesce(r.apps_deleted, 0) + coalesce($counts.apps_deleted, 0), r.apps_withheld = coalesce(r.apps_withheld, 0) + coalesce($counts.apps_withheld, 0), r.assignments_added = coalesce(r.assignments_added, 0) + coalesce($counts.assignments_added, 0), r.assignments_removed = coalesce(r.assignments_removed, 0) + coalesce($counts.assignments_removed, 0), r.assignments_removed_unlisted = coalesce(r.assignments_removed_unlisted, 0) + coalesce($counts.assignments_removed_unlisted, 0), r.assignments_withheld = coalesce(r.assignments_withheld, 0) + coalesce($counts.assignments_withheld, 0), r.roles_added = coalesce(r.roles_added, 0) + coalesce($counts.roles_added, 0), r.roles_removed = coalesce(r.roles_removed, 0) + coalesce($counts.roles_removed, 0), r.roles_removed_unlisted = coalesce(r.roles_removed_unlisted, 0) + coalesce($counts.roles_removed_unlisted, 0), r.roles_withheld = coalesce(r.roles_withheld, 0) + coalesce($counts.roles_withheld, 0), r.access_left = coalesce(r.access_left, 0) + coalesce($counts.access_left, 0), r.nodes_unproven = coalesce(r.nodes_unproven, 0) + coalesce($counts.nodes_unproven, 0), r.nodes_not_removed = coalesce(r.nodes_not_removed, 0) + coalesce($counts.nodes_not_removed, 0), r.okta_requests_users = coalesce(r.okta_requests_users, 0) + coalesce($counts.okta_requests_users, 0), r.okta_requests_user = coalesce(r.okta_requests_user, 0) + coalesce($counts.okta_requests_user, 0), r.okta_requests_groups = coalesce(r.okta_requests_groups, 0) + coalesce($counts.okta_requests_groups, 0), r.okta_requests_group = coalesce(r.okta_requests_group, 0) + coalesce($counts.okta_requests_group, 0), r.okta_requests_apps = coalesce(r.okta_requests_apps, 0) + coalesce($counts.okta_requests_apps, 0), r.okta_requests_iam = coalesce(r.okta_requests_iam, 0) + coalesce($counts.okta_requests_iam, 0), r.okta_requests_logs = coalesce(r.okta_requests_logs, 0) + coalesce($counts.okta_requests_logs, 0), r.okta_requests_other = coalesce(r.okta_requests_other, 0) + coalesce($counts.okta_requests_other, 0), r.okta_rate_limited = coalesce(r.okta_rate_limited, 0) + coalesce($counts.okta_rate_limited, 0), r.okta_waited_ms = coalesce(r.okta_waited_ms, 0) + coalesce($counts.okta_waited_ms, 0), r.okta_retries = coalesce(r.okta_retries, 0) + coalesce($counts.okta_retries, 0)
SET r.recent_writes = ([$write] + coalesce(r.recent_writes, []))[..50]
WITH r, [warning IN $warnings WHERE NOT warning IN r.warnings] AS fresh
SET r.warnings_omitted = r.warnings_omitted + size(fresh) - size(fresh[..(200 - size(r.warnings))]),
    r.warnings = r.warnings + fresh[..(200 - size(r.warnings))];

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN r.outcome = 'running' AND r.number = $number AND r.mode = $mode AND r.allow_deletes = $allowDeletes AS isOpen;

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.outcome = 'running' AND r.number = $number AND r.mode = $mode AND r.allow_deletes = $allowDeletes AND r.lists_began_at IS NULL
SET r.lists_began_at = datetime.realtime('UTC');

MATCH (r:SyncRun {okta_domain: $domain, id: $id}), (o:OktaOrg {domain: $domain})
WHERE r.groups_newest IS NOT NULL
  AND (r.groups_changed_since IS NULL OR CASE WHEN r.groups_newest < r.groups_as_of THEN r.groups_newest ELSE r.groups_as_of END - duration('PT5M') > r.groups_changed_since)
SET o.groups_watermark = CASE WHEN r.groups_newest < r.groups_as_of THEN r.groups_newest ELSE r.groups_as_of END - duration('PT5M');

MATCH (r:SyncRun {okta_domain: $domain, id: $id}), (o:OktaOrg {domain: $domain})
WHERE r.users_newest IS NOT NULL
SET o.users_watermark = CASE WHEN r.users_newest < r.users_as_of THEN r.users_newest ELSE r.users_as_of END - duration('PT5M');

UNWIND $ids AS id
MATCH (n:FormerGroup {okta_domain: $domain, id: id})
REMOVE n:FormerGroup:OktaFormerGroup SET n:Group:OktaGroup
SET n.added_run = $run, n.last_seen_run = $run, n.removed_at = null, n.removed_run = null;

UNWIND $ids AS id
MATCH (n:FormerUser {okta_domain: $domain, id: id})
REMOVE n:FormerUser:OktaFormerUser SET n:User:OktaUser
SET n.added_run = $run, n.last_seen_run = $run, n.removed_at = null, n.removed_run = null;

UNWIND $rows AS row
MATCH (n:Group {okta_domain: $domain, id: row[0]})
WITH n, row, [field IN [CASE WHEN coalesce(n.name <> row[2], (n.name IS NULL) <> (row[2] IS NULL)) THEN 'name' END, CASE WHEN coalesce(n.description <> row[3], (n.description IS NULL) <> (row[3] IS NULL)) THEN 'description' END, CASE WHEN coalesce(n.type <> row[4], (n.type IS NULL) <> (row[4] IS NULL)) THEN 'type' END, CASE WHEN coalesce(n.created <> CASE WHEN row[5] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[5])}) END, (n.created IS NULL) <> (CASE WHEN row[5] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[5])}) END IS NULL)) THEN 'created' END, CASE WHEN coalesce(n.last_updated <> CASE WHEN row[6] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[6])}) END, (n.last_updated IS NULL) <> (CASE WHEN row[6] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[6])}) END IS NULL)) THEN 'last_updated' END] WHERE field IS NOT NULL] AS fields
WITH n, row, CASE WHEN 'last_updated' IN fields
  THEN fields + [name IN keys(row[12]) WHERE name <> 'memberships_excluded' AND coalesce(n[name] <> row[12][name], (n[name] IS NULL) <> (row[12][name] IS NULL))]
  ELSE fields END AS fields
FOREACH (_ IN CASE WHEN $keepsHistory AND size(fields) > 0 THEN [1] ELSE [] END |
  CREATE (n)-[:CHANGED]->(:GroupChange {okta_domain: $domain, run: $run, at: datetime.realtime('UTC'), kind: 'changed',
    fields: fields, name_before: CASE WHEN 'name' IN fields THEN n.name END, name_after: CASE WHEN 'name' IN fields THEN row[2] END}))
SET n.okta_raw_hash = row[1], n.name = row[2], n.description = row[3], n.type = row[4], n.created = CASE WHEN row[5] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[5])}) END, n.last_updated = CASE WHEN row[6] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[6])}) END, n.last_membership_updated = CASE WHEN CASE WHEN row[7] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[7])}) END IS NULL OR n.last_membership_updated > CASE WHEN row[7] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[7])}) END THEN n.last_membership_updated ELSE CASE WHEN row[7] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[7])}) END END, n.users_count = toInteger(row[8]), n.apps_count = toInteger(row[9]), n.has_admin_privilege = row[10], n.okta_raw_group_object = row[11], n += row[12]
RETURN count(CASE WHEN size(fields) > 0 THEN 1 END) AS updated,
       count(CASE WHEN any(field IN fields WHERE field IN ["login","email","employee_number","manager","manager_id"]) THEN 1 END) > 0 AS movesLines;

UNWIND $rows AS row
MATCH (n:Group {okta_domain: $domain, id: row[0]})
WITH n, row, n.last_seen_run AS seenBy,
     n.last_updated > CASE WHEN row[2] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[2])}) END AND n.last_updated < datetime.realtime('UTC') + duration('P1D') AS isNewer
SET n.last_seen_run = CASE WHEN seenBy < $run THEN $run ELSE seenBy END
FOREACH (_ IN CASE WHEN n.denied_at IS NULL THEN [] ELSE [1] END |
  SET n.denied_at = null, n.denied_since = null, n.denied_run = null, n.denied_twice = null)
RETURN row[0] AS id, seenBy < $run AS first,
       seenBy > $run OR coalesce(isNewer, false) OR n.okta_raw_hash = row[1] AS settled;

UNWIND $rows AS row
MATCH (n:User {okta_domain: $domain, id: row[0]})
WITH n, row, [field IN [CASE WHEN coalesce(n.email <> row[2], (n.email IS NULL) <> (row[2] IS NULL)) THEN 'email' END, CASE WHEN coalesce(n.display_name <> row[3], (n.display_name IS NULL) <> (row[3] IS NULL)) THEN 'display_name' END, CASE WHEN coalesce(n.first_name <> row[4], (n.first_name IS NULL) <> (row[4] IS NULL)) THEN 'first_name' END, CASE WHEN coalesce(n.last_name <> row[5], (n.last_name IS NULL) <> (row[5] IS NULL)) THEN 'last_name' END, CASE WHEN coalesce(n.login <> row[6], (n.login IS NULL) <> (row[6] IS NULL)) THEN 'login' END, CASE WHEN coalesce(n.status <> row[7], (n.status IS NULL) <> (row[7] IS NULL)) THEN 'status' END, CASE WHEN coalesce(n.title <> row[8], (n.title IS NULL) <> (row[8] IS NULL)) THEN 'title' END, CASE WHEN coalesce(n.department <> row[9], (n.department IS NULL) <> (row[9] IS NULL)) THEN 'department' END, CASE WHEN coalesce(n.division <> row[10], (n.division IS NULL) <> (row[10] IS NULL)) THEN 'division' END, CASE WHEN coalesce(n.organization <> row[11], (n.organization IS NULL) <> (row[11] IS NULL)) THEN 'organization' END, CASE WHEN coalesce(n.employee_number <> row[12], (n.employee_number IS NULL) <> (row[12] IS NULL)) THEN 'employee_number' END, CASE WHEN coalesce(n.user_type <> row[13], (n.user_type IS NULL) <> (row[13] IS NULL)) THEN 'user_type' END, CASE WHEN coalesce(n.manager <> row[14], (n.manager IS NULL) <> (row[14] IS NULL)) THEN 'manager' END, CASE WHEN coalesce(n.manager_id <> row[15], (n.manager_id IS NULL) <> (row[15] IS NULL)) THEN 'manager_id' END, CASE WHEN coalesce(n.created <> CASE WHEN row[16] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[16])}) END, (n.created IS NULL) <> (CASE WHEN row[16] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[16])}) END IS NULL)) THEN 'created' END, CASE WHEN coalesce(n.activated <> CASE WHEN row[17] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[17])}) END, (n.activated IS NULL) <> (CASE WHEN row[17] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[17])}) END IS NULL)) THEN 'activated' END, CASE WHEN coalesce(n.status_changed <> CASE WHEN row[18] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[18])}) END, (n.status_changed IS NULL) <> (CASE WHEN row[18] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[18])}) END IS NULL)) THEN 'status_changed' END, CASE WHEN coalesce(n.password_changed <> CASE WHEN row[19] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[19])}) END, (n.password_changed IS NULL) <> (CASE WHEN row[19] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[19])}) END IS NULL)) THEN 'password_changed' END, CASE WHEN coalesce(n.last_updated <> CASE WHEN row[20] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[20])}) END, (n.last_updated IS NULL) <> (CASE WHEN row[20] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[20])}) END IS NULL)) THEN 'last_updated' END] WHERE field IS NOT NULL] AS fields
WITH n, row, CASE WHEN 'last_updated' IN fields
  THEN fields + [name IN keys(row[23]) WHERE name <> 'memberships_excluded' AND coalesce(n[name] <> row[23][name], (n[name] IS NULL) <> (row[23][name] IS NULL))]
  ELSE fields END AS fields
FOREACH (_ IN CASE WHEN $keepsHistory AND size(fields) > 0 THEN [1] ELSE [] END |
  CREATE (n)-[:CHANGED]->(:UserChange {okta_domain: $domain, run: $run, at: datetime.realtime('UTC'), kind: 'changed',
    fields: fields, status_before: CASE WHEN 'status' IN fields THEN n.status END, status_after: CASE WHEN 'status' IN fields THEN row[7] END, department_before: CASE WHEN 'department' IN fields THEN n.department END, department_after: CASE WHEN 'department' IN fields THEN row[9] END, title_before: CASE WHEN 'title' IN fields THEN n.title END, title_after: CASE WHEN 'title' IN fields THEN row[8] END, manager_before: CASE WHEN 'manager' IN fields THEN n.manager END, manager_after: CASE WHEN 'manager' IN fields THEN row[14] END, manager_id_before: CASE WHEN 'manager_id' IN fields THEN n.manager_id END, manager_id_after: CASE WHEN 'manager_id' IN fields THEN row[15] END, email_before: CASE WHEN 'email' IN fields THEN n.email END, email_after: CASE WHEN 'email' IN fields THEN row[2] END}))
SET n.okta_raw_hash = row[1], n.email = row[2], n.display_name = row[3], n.first_name = row[4], n.last_name = row[5], n.login = row[6], n.status = row[7], n.title = row[8], n.department = row[9], n.division = row[10], n.organization = row[11], n.employee_number = row[12], n.user_type = row[13], n.manager = row[14], n.manager_id = row[15], n.created = CASE WHEN row[16] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[16])}) END, n.activated = CASE WHEN row[17] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[17])}) END, n.status_changed = CASE WHEN row[18] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[18])}) END, n.password_changed = CASE WHEN row[19] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[19])}) END, n.last_updated = CASE WHEN row[20] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[20])}) END, n.last_login = CASE WHEN row[21] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[21])}) END, n.okta_raw_user_object = row[22], n += row[23]
RETURN count(CASE WHEN size(fields) > 0 THEN 1 END) AS updated,
       count(CASE WHEN any(field IN fields WHERE field IN ["login","email","employee_number","manager","manager_id"]) THEN 1 END) > 0 AS movesLines;

UNWIND $rows AS row
MATCH (n:User {okta_domain: $domain, id: row[0]})
WITH n, row, n.last_seen_run AS seenBy,
     n.last_updated > CASE WHEN row[2] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[2])}) END AND n.last_updated < datetime.realtime('UTC') + duration('P1D') AS isNewer
SET n.last_seen_run = CASE WHEN seenBy < $run THEN $run ELSE seenBy END
FOREACH (_ IN CASE WHEN n.denied_at IS NULL THEN [] ELSE [1] END |
  SET n.denied_at = null, n.denied_since = null, n.denied_run = null, n.denied_twice = null)
RETURN row[0] AS id, seenBy < $run AS first,
       seenBy > $run OR coalesce(isNewer, false) OR n.okta_raw_hash = row[1] AS settled;

UNWIND $rows AS row
OPTIONAL MATCH (former:FormerGroup {okta_domain: $domain, id: row[0]})
FOREACH (_ IN CASE WHEN former IS NULL THEN [1] ELSE [] END |
  CREATE (n:Group:OktaGroup {okta_domain: $domain, id: row[0], okta_raw_hash: row[1], last_seen_run: $run, added_run: $run,
    name: row[2], description: row[3], type: row[4], created: CASE WHEN row[5] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[5])}) END, last_updated: CASE WHEN row[6] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[6])}) END, last_membership_updated: CASE WHEN row[7] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[7])}) END, users_count: toInteger(row[8]), apps_count: toInteger(row[9]), has_admin_privilege: row[10], okta_raw_group_object: row[11]})
  SET n += row[12])
WITH collect(former.id) AS former
RETURN former;

UNWIND $rows AS row
OPTIONAL MATCH (former:FormerUser {okta_domain: $domain, id: row[0]})
FOREACH (_ IN CASE WHEN former IS NULL THEN [1] ELSE [] END |
  CREATE (n:User:OktaUser {okta_domain: $domain, id: row[0], okta_raw_hash: row[1], last_seen_run: $run, added_run: $run,
    email: row[2], display_name: row[3], first_name: row[4], last_name: row[5], login: row[6], status: row[7], title: row[8], department: row[9], division: row[10], organization: row[11], employee_number: row[12], user_type: row[13], manager: row[14], manager_id: row[15], created: CASE WHEN row[16] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[16])}) END, activated: CASE WHEN row[17] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[17])}) END, status_changed: CASE WHEN row[18] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[18])}) END, password_changed: CASE WHEN row[19] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[19])}) END, last_updated: CASE WHEN row[20] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[20])}) END, last_login: CASE WHEN row[21] IS NULL THEN null ELSE datetime({epochMillis: toInteger(row[21])}) END, okta_raw_user_object: row[22]})
  SET n += row[23])
WITH collect(former.id) AS former
MATCH (o:OktaOrg {domain: $domain}) SET o.managers_version = coalesce(o.managers_version, 0) + 1
RETURN former;


// memberships

MATCH (g:Group {okta_domain: $domain, id: $id}) SET g.denied_run = null;

MATCH (g:Group {okta_domain: $domain, memberships_deferred_run: $run})
RETURN g.id AS id, g.memberships_deferred AS removals, coalesce(g.memberships_contradicted, false) AS isContradicted,
       g.users_count AS usersCount
ORDER BY removals DESC, id;

MATCH (g:Group {okta_domain: $domain}) WHERE (g.last_seen_run >= $run OR NOT $listsAll) AND g.memberships_excluded IS NULL
   WITH coalesce(g.memberships_tried_run, 0) >= $run AS tried, coalesce(
coalesce(g.memberships_tried_run, 0) < $run AND (g.last_seen_run >= $run OR NOT $listsAll) AND g.memberships_excluded IS NULL AND (NOT $touched AND coalesce(
$full OR g.memberships_as_of IS NULL
OR g.last_membership_updated >= g.memberships_as_of - duration('PT5M')
OR g.users_count <> g.memberships_users_count, false) OR coalesce(g.memberships_verify_run, 0) = $run), false) AS left,
        coalesce(g.memberships_deferred_run, 0) = $run AS isDeferred
   RETURN count(CASE WHEN tried THEN 1 END) AS tried, count(CASE WHEN left THEN 1 END) AS left,
          count(CASE WHEN NOT tried AND NOT left THEN 1 END) AS unchanged, count(CASE WHEN isDeferred THEN 1 END) AS deferred;

MATCH (g:Group {okta_domain: $domain}) WHERE g.memberships_excluded RETURN count(CASE WHEN EXISTS { (g)<-[:MEMBER_OF]-() } THEN 1 END) AS groups, count(CASE WHEN (g.memberships_read_at IS NOT NULL OR g.memberships_as_of IS NOT NULL) OR EXISTS { (g)<-[:MEMBER_OF]-() } THEN 1 END) AS stale;

MATCH (o:OktaOrg {domain: $domain}) SET o.suspects = o.suspects + $suspects;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     MATCH (g:Group {okta_domain: $domain})
     WHERE
coalesce(g.memberships_deferred_run, 0) = $run AND toInteger(split(coalesce(g.memberships_claim, '0'), '/')[0]) <= $run
AND NOT coalesce(g.memberships_claim, '') STARTS WITH $own
     WITH r, g ORDER BY g.memberships_read_at IS NOT NULL, g.memberships_read_at, coalesce(g.users_count, 0) DESC
     LIMIT $atMost
     SET g.memberships_claim = $claim
     WITH r, g, COUNT { (g)<-[:MEMBER_OF]-() } AS edges
     RETURN g.id AS id, $claim AS claim, g.type AS type, g.users_count AS usersCount, g.last_seen_run >= $run AS isListed, edges, coalesce(g.memberships_surplus,
  CASE WHEN g.memberships_users_count > edges THEN g.memberships_users_count - edges END, 0) AS surplus,
            CASE WHEN coalesce(g.memberships_deferred_run, 0) = $run THEN g.memberships_deferred END AS deferred,
            NOT ($touched OR coalesce(
$full OR g.memberships_as_of IS NULL
OR g.last_membership_updated >= g.memberships_as_of - duration('PT5M')
OR g.users_count <> g.memberships_users_count, false)) AS isVerification, r.groups_as_of.epochMillis AS listedAtMs;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
     MATCH (g:Group {okta_domain: $domain})
     WHERE
coalesce(g.memberships_tried_run, 0) < $run AND (g.last_seen_run >= $run OR NOT $listsAll) AND g.memberships_excluded IS NULL AND (NOT $touched AND coalesce(
$full OR g.memberships_as_of IS NULL
OR g.last_membership_updated >= g.memberships_as_of - duration('PT5M')
OR g.users_count <> g.memberships_users_count, false) OR coalesce(g.memberships_verify_run, 0) = $run) AND toInteger(split(coalesce(g.memberships_claim, '0'), '/')[0]) <= $run
AND NOT coalesce(g.memberships_claim, '') STARTS WITH $own
     WITH r, g ORDER BY g.memberships_read_at IS NOT NULL, g.memberships_read_at, coalesce(g.users_count, 0) DESC
     LIMIT $atMost
     SET g.memberships_claim = $claim
     WITH r, g, COUNT { (g)<-[:MEMBER_OF]-() } AS edges
     RETURN g.id AS id, $claim AS claim, g.type AS type, g.users_count AS usersCount, g.last_seen_run >= $run AS isListed, edges, coalesce(g.memberships_surplus,
  CASE WHEN g.memberships_users_count > edges THEN g.memberships_users_count - edges END, 0) AS surplus,
            CASE WHEN coalesce(g.memberships_deferred_run, 0) = $run THEN g.memberships_deferred END AS deferred,
            NOT ($touched OR coalesce(
$full OR g.memberships_as_of IS NULL
OR g.last_membership_updated >= g.memberships_as_of - duration('PT5M')
OR g.users_count <> g.memberships_users_count, false)) AS isVerification, r.groups_as_of.epochMillis AS listedAtMs;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
RETURN coalesce(r.memberships_at_start, 0) AS atStart, r.memberships_removed_unproven AS removed,
       r.memberships_withheld AS withheld, r.approved_memberships AS approved;

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.outcome = 'running' AND r.number = $number AND r.mode = $mode AND r.allow_deletes = $allowDeletes AND r.memberships_began_at IS NULL
SET r.memberships_began_at = datetime.realtime('UTC');

RETURN EXISTS { MATCH (g:Group {okta_domain: $domain}) WHERE
coalesce(g.memberships_deferred_run, 0) = $run AND toInteger(split(coalesce(g.memberships_claim, '0'), '/')[0]) <= $run
AND NOT coalesce(g.memberships_claim, '') STARTS WITH $own } AS is;

UNWIND $ids AS id
MATCH (g:Group {okta_domain: $domain, id: id})
RETURN id, COLLECT { MATCH (g)<-[:MEMBER_OF]-(u:User) RETURN u.id } AS members;

UNWIND $rows AS row
     MATCH (g:Group {okta_domain: $domain, id: row.id})
     SET g.memberships_tried_run = $run, g.memberships_whole_run = $run, g.memberships_whole_as_of = row.asOf,
         g.memberships_surplus = row.surplus,
         g.memberships_deferred_run = null, g.memberships_deferred = null, g.memberships_contradicted = null,
         g.memberships_as_of = CASE WHEN row.isDone THEN row.asOf END,
         g.memberships_read_at = CASE WHEN row.isDone THEN datetime.realtime() ELSE g.memberships_read_at END,
         g.memberships_users_count = CASE WHEN row.isDone THEN row.usersCount ELSE g.memberships_users_count END
FOREACH (_ IN CASE WHEN g.denied_at IS NULL THEN [] ELSE [1] END |
  SET g.denied_at = null, g.denied_since = null, g.denied_run = null, g.denied_twice = null);

UNWIND $rows AS row
   MATCH (g:Group {okta_domain: $domain, id: row.id})
   WITH row.asOf AS at, row.members AS members, g, coalesce(g.memberships_whole_as_of, g.memberships_as_of) AS before
   UNWIND members AS member
   MATCH (u:User {okta_domain: $domain, id: member}) USING INDEX SEEK u:User(okta_domain, id)
   WITH u, g, at, before
   MATCH (u)-[m:MEMBER_OF]->(g)
CREATE (u)-[:WAS_MEMBER_OF {
  valid_from: m.valid_from, not_before: m.not_before, opened_by: m.opened_by,
  valid_to: CASE WHEN m.valid_from > at THEN m.valid_from ELSE at END, ended_after: before, closed_by: $run}]->(g)
SET g.memberships_changed_run = $run
DELETE m
   RETURN count(*) AS count;

UNWIND $rows AS row
   MATCH (n:Group {okta_domain: $domain, id: row.id}) WHERE coalesce(n.last_seen_run, 0) <= $run
WITH *, n.denied_at IS NULL OR false AS isFirst
SET n.denied_twice = CASE WHEN row.isRipe AND NOT isFirst THEN true END,
    n.denied_at = CASE WHEN isFirst THEN $asOf ELSE n.denied_at END,
    n.denied_since = CASE WHEN isFirst THEN datetime.realtime('UTC') ELSE n.denied_since END,
    n.denied_run = $run;

UNWIND $rows AS row
MATCH (g:Group {okta_domain: $domain, id: row.id})
SET g.memberships_tried_run = $run, g.memberships_whole_as_of = coalesce(g.memberships_whole_as_of, g.memberships_as_of), g.memberships_as_of = null,
    g.memberships_deferred_run = CASE WHEN row.removals IS NULL THEN null ELSE $run END,
    g.memberships_deferred = row.removals,
    g.memberships_contradicted = coalesce(row.isContradicted, g.memberships_contradicted);

UNWIND $rows AS row
MATCH (g:Group {okta_domain: $domain, id: row.id})
WITH row.asOf AS at, row.members AS members, g, coalesce(g.memberships_whole_as_of, g.memberships_as_of) AS before
UNWIND members AS member
MATCH (u:User {okta_domain: $domain, id: member}) USING INDEX SEEK u:User(okta_domain, id)
WITH u, g, at, before
MATCH (u)-[m:MEMBER_OF]->(g)
DELETE m
RETURN count(*) AS count;

UNWIND $rows AS row
MATCH (g:Group {okta_domain: $domain, id: row.id}) WHERE g.memberships_claim = row.claim
SET g.memberships_changed_run = $run
WITH row, g, coalesce(g.memberships_whole_as_of, g.memberships_as_of) AS before
UNWIND row.members AS member
MATCH (u:User {okta_domain: $domain, id: member}) USING INDEX SEEK u:User(okta_domain, id)
CREATE (u)-[m:MEMBER_OF {valid_from: row.asOf, not_before: before, opened_by: $run}]->(g)
RETURN row.id AS id, count(m) AS count;

UNWIND range(0, size($groups) - 1) AS index
MATCH (g:Group {okta_domain: $domain, id: $groups[index][0]}) WHERE g.memberships_claim = $groups[index][1]
RETURN index;


// sweep

CALL () {
MATCH (o:OktaOrg {domain: $domain})
UNWIND o.suspects AS suspect
MATCH (n:User {okta_domain: $domain, id: suspect}) WHERE n.id > $after RETURN n UNION
MATCH (o:OktaOrg {domain: $domain})
WHERE EXISTS { MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'})
  WHERE g.memberships_tried_run = $run AND g.memberships_as_of IS NOT NULL }
  AND NOT COUNT { MATCH (:User {okta_domain: $domain}) } IN COLLECT {
    MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'}) RETURN COUNT { (g)<-[:MEMBER_OF]-() } }
MATCH (n:User {okta_domain: $domain})
WHERE (n.last_seen_run > coalesce(o.built_in_checked_run, 0) OR n.added_run = o.built_in_checked_run)
  AND NOT EXISTS { (n)-[:MEMBER_OF]->(:Group {type: 'BUILT_IN'}) }
WITH n ORDER BY n.id LIMIT 1000
WITH n WHERE n.id > $after RETURN n UNION
MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run < $run AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) } AND n.id > $after RETURN n UNION
MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.users_listed AND r.users_changed_since IS NULL AND r.users_seen > 0
  AND r.users_seen <> COUNT { MATCH (:User {okta_domain: $domain}) }
MATCH (n:User {okta_domain: $domain}) WHERE n.id > $after AND n.last_seen_run < $run RETURN n } WITH n
   WITH n ORDER BY n.id LIMIT $atMost
   RETURN n.id AS id, coalesce(n.denied_since + duration({milliseconds: $gapMs}) <= datetime.realtime('UTC'), false)
 AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) } AS isRipe ORDER BY id;

CALL () {
MATCH (o:OktaOrg {domain: $domain})
UNWIND o.suspects AS suspect
MATCH (n:User {okta_domain: $domain, id: suspect}) WHERE n.id > $after RETURN n UNION
MATCH (o:OktaOrg {domain: $domain})
WHERE EXISTS { MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'})
  WHERE g.memberships_tried_run = $run AND g.memberships_as_of IS NOT NULL }
  AND NOT COUNT { MATCH (:User {okta_domain: $domain}) } IN COLLECT {
    MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'}) RETURN COUNT { (g)<-[:MEMBER_OF]-() } }
MATCH (n:User {okta_domain: $domain})
WHERE (n.last_seen_run > coalesce(o.built_in_checked_run, 0) OR n.added_run = o.built_in_checked_run)
  AND NOT EXISTS { (n)-[:MEMBER_OF]->(:Group {type: 'BUILT_IN'}) }
WITH n ORDER BY n.id LIMIT 1000
WITH n WHERE n.id > $after RETURN n UNION
MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run < $run AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) } AND n.id > $after RETURN n UNION
MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.users_listed AND r.users_changed_since IS NULL AND r.users_seen > 0
  AND r.users_seen <> COUNT { MATCH (:User {okta_domain: $domain}) }
MATCH (n:User {okta_domain: $domain}) WHERE n.id > $after AND n.last_seen_run < $run RETURN n } WITH n WHERE NOT coalesce(n.denied_run < $run AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) }, false) RETURN count(n) AS count;

CALL () {
MATCH (o:OktaOrg {domain: $domain})
UNWIND o.suspects AS suspect
MATCH (n:User {okta_domain: $domain, id: suspect}) WHERE n.id > $after RETURN n UNION
MATCH (o:OktaOrg {domain: $domain})
WHERE EXISTS { MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'})
  WHERE g.memberships_tried_run = $run AND g.memberships_as_of IS NOT NULL }
  AND NOT COUNT { MATCH (:User {okta_domain: $domain}) } IN COLLECT {
    MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'}) RETURN COUNT { (g)<-[:MEMBER_OF]-() } }
MATCH (n:User {okta_domain: $domain})
WHERE (n.last_seen_run > coalesce(o.built_in_checked_run, 0) OR n.added_run = o.built_in_checked_run)
  AND NOT EXISTS { (n)-[:MEMBER_OF]->(:Group {type: 'BUILT_IN'}) }
WITH n ORDER BY n.id LIMIT 1000
WITH n WHERE n.id > $after RETURN n UNION
MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run < $run AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) } AND n.id > $after RETURN n } WITH n
   WITH n ORDER BY n.id LIMIT $atMost
   RETURN n.id AS id, coalesce(n.denied_since + duration({milliseconds: $gapMs}) <= datetime.realtime('UTC'), false)
 AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) } AS isRipe ORDER BY id;

CALL () {
MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.groups_listed AND r.groups_changed_since IS NULL AND r.groups_seen > 0
  AND r.groups_seen <> COUNT { MATCH (:Group {okta_domain: $domain}) }
MATCH (n:Group {okta_domain: $domain}) WHERE n.id > $after AND n.last_seen_run < $run RETURN n UNION MATCH (n:Group) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.id > $after RETURN n } WITH n
   WITH n ORDER BY n.id LIMIT $atMost
   RETURN n.id AS id, coalesce(n.denied_since + duration({milliseconds: $gapMs}) <= datetime.realtime('UTC'), false)
 AND NOT false AS isRipe ORDER BY id;

MATCH ()-[m:HAD_ROLE]->(t) WHERE m.valid_to < $before AND t.okta_domain = $domain
WITH m LIMIT $batch DELETE m RETURN count(*) AS count;

MATCH ()-[m:WAS_ASSIGNED_TO]->(t) WHERE m.valid_to < $before AND t.okta_domain = $domain
WITH m LIMIT $batch DELETE m RETURN count(*) AS count;

MATCH ()-[m:WAS_MEMBER_OF]->(g) USING INDEX m:WAS_MEMBER_OF(valid_to)
WHERE m.valid_to < $before AND g.okta_domain = $domain
WITH m LIMIT $batch DELETE m RETURN count(*) AS count;

MATCH (a:RemovalApproval {okta_domain: $domain, used_run: $run})
RETURN a.user_ids IS NULL OR all(id IN $ids WHERE id IN a.user_ids) AS hasAll;

MATCH (n:FormerApp) WHERE n.removed_at < $before AND n.okta_domain = $domain AND NOT EXISTS { (n)--() }
WITH n LIMIT $batch DELETE n RETURN count(*) AS count;

MATCH (n:FormerGroup) WHERE n.removed_at < $before AND n.okta_domain = $domain AND NOT EXISTS { (n)--() }
WITH n LIMIT $batch DELETE n RETURN count(*) AS count;

MATCH (n:FormerGroupRule) WHERE n.removed_at < $before AND n.okta_domain = $domain AND NOT EXISTS { (n)--() }
WITH n LIMIT $batch DELETE n RETURN count(*) AS count;

MATCH (n:FormerUser) WHERE n.removed_at < $before AND n.okta_domain = $domain AND NOT EXISTS { (n)--() }
WITH n LIMIT $batch DELETE n RETURN count(*) AS count;

MATCH (n:Group) WHERE n.okta_domain = $domain AND n.denied_run <= $run
  AND (n.denied_run = $run AND n.denied_twice OR n.denied_run < $run AND NOT false)
RETURN count(n) AS count;

MATCH (n:Group) WHERE n.okta_domain = $domain AND n.denied_run = $run RETURN count(n) AS denied;

MATCH (n:GroupChange) WHERE n.at < $before AND n.okta_domain = $domain
WITH n LIMIT $batch DETACH DELETE n RETURN count(*) AS count;

MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run <= $run
   AND (n.denied_run = $run  OR n.denied_run < $run AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) })
 RETURN count(n) AS count;

MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run <= $run
   AND (n.denied_run = $run AND n.denied_twice OR n.denied_run < $run AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) })
 RETURN count(n) AS count;

MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run = $run RETURN count(n) AS denied;

MATCH (n:UserChange) WHERE n.at < $before AND n.okta_domain = $domain
WITH n LIMIT $batch DETACH DELETE n RETURN count(*) AS count;

MATCH (o:OktaOrg {domain: $domain})
RETURN coalesce(o.managers_version, 0) AS current, coalesce(o.reporting_lines_version, -1) AS drawn;

MATCH (o:OktaOrg {domain: $domain})
SET o.reporting_lines_version = $version, o.reporting_lines = $total,
    o.managers_unresolved = $unresolved, o.managers_unresolved_users = $unresolvedUsers,
    o.managers_ambiguous = $ambiguous, o.managers_ambiguous_users = $ambiguousUsers;

MATCH (o:OktaOrg {domain: $domain}) RETURN coalesce(o.managers_version, 0) AS version;

MATCH (o:OktaOrg {domain: $domain}) SET o.managers_version = coalesce(o.managers_version, 0) + 1;

MATCH (o:OktaOrg {domain: $domain}) SET o.suspects = [id IN o.suspects WHERE NOT id IN ($not + $add)] + $add;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
RETURN coalesce(r.groups_at_start, 0) AS atStart, r.groups_deleted AS removed,
       r.groups_withheld AS withheld, r.approved_groups AS approved;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
RETURN coalesce(r.users_at_start, 0) AS atStart, r.users_deleted AS removed,
       r.users_withheld AS withheld, r.approved_users AS approved;

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN r.users_withheld AS withheld;

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.outcome = 'running' AND r.number = $number AND r.mode = $mode AND r.allow_deletes = $allowDeletes AND r.sweep_began_at IS NULL
SET r.sweep_began_at = datetime.realtime('UTC');

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.groups_withheld = 0
MATCH (n:Group) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice AND n.id > $after
WITH n ORDER BY n.id LIMIT $atMost
RETURN n.id AS id, COUNT { (n)-[r:MEMBER_OF|REPORTS_TO|ASSIGNED_TO|HAS_ROLE|ADDS_TO]-() } AS relationships;

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.groups_withheld = 0
MATCH (n:Group) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice AND n.id > $after
WITH n ORDER BY n.id LIMIT $atMost
RETURN n.id AS id, COUNT { (n)-[r]-() } AS relationships;

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.groups_withheld = 0
MATCH (n:Group) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice IS NULL AND n.id > $after
   WITH n ORDER BY n.id LIMIT $atMost
   RETURN n.id AS id, coalesce(n.denied_since + duration({milliseconds: $gapMs}) <= datetime.realtime('UTC'), false)
 AND NOT false AS isRipe ORDER BY id;

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.groups_withheld = 0
WITH r, COUNT { MATCH (n:Group) WHERE n.okta_domain = $domain AND n.denied_run = $run } AS total
WHERE NOT ($allowDeletes AND coalesce(r.approved_groups >= total, true))
MATCH (n:Group) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.type = 'BUILT_IN'
RETURN n.id AS id ORDER BY id LIMIT 1;

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.users_withheld = 0
   WITH r, COUNT { MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice } AS total
   WHERE NOT ($allowDeletes AND coalesce(r.approved_users >= total, true))
   WITH
coalesce(COLLECT {
  MATCH (e:Group {okta_domain: $domain, type: 'BUILT_IN'})
  RETURN e.users_count IS NOT NULL AND e.memberships_whole_run = $run
  ORDER BY e.users_count DESC LIMIT 1
}[0], false) AS everyoneWasRead
   MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice
   MATCH (n)-[:MEMBER_OF]->(g:Group) WHERE NOT (everyoneWasRead AND (g.memberships_as_of IS NULL OR (NOT $listsAll AND g.last_seen_run < $run))
AND NOT coalesce(g.memberships_contradicted, false) AND coalesce(g.memberships_whole_run, 0) < $run)
   WITH g, count(n) AS denied
   WITH g, denied, COUNT { (g)<-[:MEMBER_OF]-() } AS edges
   WITH g, denied, edges - denied AS remaining, coalesce(g.memberships_surplus,
  CASE WHEN g.memberships_users_count > edges THEN g.memberships_users_count - edges END, 0) AS surplus
   WHERE g.users_count IS NULL OR g.users_count > remaining + surplus
   RETURN g.id AS id, remaining, surplus, g.users_count AS usersCount,
          g.last_seen_run >= $run OR coalesce(g.type = 'BUILT_IN', false) AS isCertain
   ORDER BY g.type <> 'BUILT_IN', g.users_count IS NULL, denied DESC, id LIMIT 20;

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.users_withheld = 0
   WITH r, COUNT { MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run = $run } AS total
   WHERE NOT ($allowDeletes AND coalesce(r.approved_users >= total, true))
   WITH
coalesce(COLLECT {
  MATCH (e:Group {okta_domain: $domain, type: 'BUILT_IN'})
  RETURN e.users_count IS NOT NULL AND e.memberships_whole_run = $run
  ORDER BY e.users_count DESC LIMIT 1
}[0], false) AS everyoneWasRead
   MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run = $run
   MATCH (n)-[:MEMBER_OF]->(g:Group) WHERE NOT (everyoneWasRead AND (g.memberships_as_of IS NULL OR (NOT $listsAll AND g.last_seen_run < $run))
AND NOT coalesce(g.memberships_contradicted, false) AND coalesce(g.memberships_whole_run, 0) < $run)
   WITH g, count(n) AS denied
   WITH g, denied, COUNT { (g)<-[:MEMBER_OF]-() } AS edges
   WITH g, denied, edges - denied AS remaining, coalesce(g.memberships_surplus,
  CASE WHEN g.memberships_users_count > edges THEN g.memberships_users_count - edges END, 0) AS surplus
   WHERE g.users_count IS NULL OR g.users_count > remaining + surplus
   RETURN g.id AS id, remaining, surplus, g.users_count AS usersCount,
          g.last_seen_run >= $run OR coalesce(g.type = 'BUILT_IN', false) AS isCertain
   ORDER BY g.type <> 'BUILT_IN', g.users_count IS NULL, denied DESC, id LIMIT 20;

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.users_withheld = 0
MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice AND n.id > $after
WITH n ORDER BY n.id LIMIT $atMost
RETURN n.id AS id, COUNT { (n)-[r:MEMBER_OF|REPORTS_TO|ASSIGNED_TO|HAS_ROLE|ADDS_TO]-() } AS relationships;

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.users_withheld = 0
MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice AND n.id > $after
WITH n ORDER BY n.id LIMIT $atMost
RETURN n.id AS id, COUNT { (n)-[r]-() } AS relationships;

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.users_withheld = 0
MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice IS NULL
        RETURN max(n.denied_since.epochMillis) + $gapMs + 1 - datetime.realtime('UTC').epochMillis AS waitMs UNION ALL
MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.groups_withheld = 0
MATCH (n:Group) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice IS NULL
        RETURN max(n.denied_since.epochMillis) + $gapMs + 1 - datetime.realtime('UTC').epochMillis AS waitMs;

MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.users_withheld = 0
MATCH (n:User) WHERE n.okta_domain = $domain AND n.denied_run = $run AND n.denied_twice IS NULL AND n.id > $after
   WITH n ORDER BY n.id LIMIT $atMost
   RETURN n.id AS id, coalesce(n.denied_since + duration({milliseconds: $gapMs}) <= datetime.realtime('UTC'), false)
 AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) } AS isRipe ORDER BY id;

MATCH (u:User {okta_domain: $domain})
UNWIND [u.manager_id, u.manager] AS name
WITH DISTINCT name WHERE name IS NOT NULL
RETURN name;

MATCH (u:User {okta_domain: $domain}) WHERE u.id > $after
WITH u ORDER BY u.id LIMIT $page
RETURN u.id AS id, u.login AS login, u.email AS email, u.employee_number AS number;

MATCH (u:User {okta_domain: $domain}) WHERE u.id > $after
WITH u ORDER BY u.id LIMIT $page
WITH u, [name IN [u.manager_id, u.manager] WHERE name IS NOT NULL] AS names RETURN u.id AS id, names, [(u)-[:REPORTS_TO]->(m) | m.id] AS to;

UNWIND $ids AS id
MATCH (n:Group {okta_domain: $domain, id: id})
WHERE n.denied_run = $run AND n.memberships_tried_run = $run AND n.memberships_as_of IS NULL
RETURN id;

UNWIND $ids AS id
MATCH (n:Group {okta_domain: $domain, id: id}) USING INDEX SEEK n:Group(okta_domain, id) WITH n WHERE n.denied_run = $run AND coalesce(n.denied_twice, false) AND NOT false
CALL (n) {
  MATCH (n)<-[m:MEMBER_OF]-(u:User) WITH u, n AS g, m, n.denied_at AS at
  WITH u, g, m, at, coalesce(g.memberships_whole_as_of, g.memberships_as_of) AS before
CREATE (u)-[:WAS_MEMBER_OF {
  valid_from: m.valid_from, not_before: m.not_before, opened_by: m.opened_by,
  valid_to: CASE WHEN m.valid_from > at THEN m.valid_from ELSE at END, ended_after: before, closed_by: $run}]->(g)
SET g.memberships_changed_run = $run
DELETE m
  RETURN count(*) AS edges
}
CALL (n) { MATCH (n)-[line:REPORTS_TO|ADDS_TO]-() DELETE line }
CALL (n) {
  MATCH (n)-[e:ASSIGNED_TO]->(t)
CREATE (n)-[past:WAS_ASSIGNED_TO]->(t)
SET past = e { .valid_from, .not_before, .opened_by, .assignment_id, .status, .resource_set,
  valid_to: CASE WHEN e.valid_from > CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN e.valid_from ELSE CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END END, ended_after: CASE WHEN e.missing_after < CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN e.missing_after END, closed_by: $run }, t.assignments_changed_run = $run
DELETE e
  RETURN count(*) AS assignments
}
CALL (n) {
  MATCH (n)-[e:HAS_ROLE]->(t)
CREATE (n)-[past:HAD_ROLE]->(t)
SET past = e { .valid_from, .not_before, .opened_by, .assignment_id, .status, .resource_set,
  valid_to: CASE WHEN e.valid_from > CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN e.valid_from ELSE CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END END, ended_after: CASE WHEN e.missing_after < CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN e.missing_after END, closed_by: $run }, t.assignments_changed_run = $run
DELETE e
  RETURN count(*) AS roles
}
CREATE (n)-[:CHANGED]->(:GroupChange {okta_domain: $domain, run: $run, at: datetime.realtime('UTC'), kind: 'removed',
  added_run: n.added_run})
REMOVE n:Group:OktaGroup SET n:FormerGroup:OktaFormerGroup
SET n.removed_at = n.denied_at, n.removed_run = $run, n.okta_raw_hash = null
SET n.memberships_as_of = null, n.memberships_whole_as_of = n.removed_at, n.memberships_claim = null, n.apps_as_of = null, n.roles_as_of = null
FOREACH (_ IN CASE WHEN n.denied_at IS NULL THEN [] ELSE [1] END |
  SET n.denied_at = null, n.denied_since = null, n.denied_run = null, n.denied_twice = null)
RETURN count(*) AS nodes, sum(edges) AS edges, sum(assignments) AS assignments, sum(roles) AS roles;

UNWIND $ids AS id
MATCH (n:Group {okta_domain: $domain, id: id}) USING INDEX SEEK n:Group(okta_domain, id) WITH n WHERE n.denied_run = $run AND coalesce(n.denied_twice, false) AND NOT false
WITH n, COUNT { (n)-[:MEMBER_OF]-() } AS edges, COUNT { (n)-[:ASSIGNED_TO]->() } AS assignments, COUNT { (n)-[:HAS_ROLE]->() } AS roles
DETACH DELETE n
RETURN count(*) AS nodes, sum(edges) AS edges, sum(assignments) AS assignments, sum(roles) AS roles;

UNWIND $ids AS id
MATCH (n:User {okta_domain: $domain, id: id}) USING INDEX SEEK n:User(okta_domain, id) WITH n WHERE n.denied_run = $run AND coalesce(n.denied_twice, false) AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) }
CALL (n) {
  MATCH (n)-[m:MEMBER_OF]->(g:Group) WITH n AS u, g, m, n.denied_at AS at
  WITH u, g, m, at, coalesce(g.memberships_whole_as_of, g.memberships_as_of) AS before
CREATE (u)-[:WAS_MEMBER_OF {
  valid_from: m.valid_from, not_before: m.not_before, opened_by: m.opened_by,
  valid_to: CASE WHEN m.valid_from > at THEN m.valid_from ELSE at END, ended_after: before, closed_by: $run}]->(g)
SET g.memberships_changed_run = $run
DELETE m
  RETURN count(*) AS edges
}
CALL (n) { MATCH (n)-[line:REPORTS_TO|ADDS_TO]-() DELETE line }
CALL (n) {
  MATCH (n)-[e:ASSIGNED_TO]->(t)
CREATE (n)-[past:WAS_ASSIGNED_TO]->(t)
SET past = e { .valid_from, .not_before, .opened_by, .assignment_id, .status, .resource_set,
  valid_to: CASE WHEN e.valid_from > CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN e.valid_from ELSE CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END END, ended_after: CASE WHEN e.missing_after < CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN e.missing_after END, closed_by: $run }, t.assignments_changed_run = $run
DELETE e
  RETURN count(*) AS assignments
}
CALL (n) {
  MATCH (n)-[e:HAS_ROLE]->(t)
CREATE (n)-[past:HAD_ROLE]->(t)
SET past = e { .valid_from, .not_before, .opened_by, .assignment_id, .status, .resource_set,
  valid_to: CASE WHEN e.valid_from > CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN e.valid_from ELSE CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END END, ended_after: CASE WHEN e.missing_after < CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN e.missing_after END, closed_by: $run }, t.assignments_changed_run = $run
DELETE e
  RETURN count(*) AS roles
}
CREATE (n)-[:CHANGED]->(:UserChange {okta_domain: $domain, run: $run, at: datetime.realtime('UTC'), kind: 'removed',
  added_run: n.added_run})
REMOVE n:User:OktaUser SET n:FormerUser:OktaFormerUser
SET n.removed_at = n.denied_at, n.removed_run = $run, n.okta_raw_hash = null
SET n.roles_as_of = null
FOREACH (_ IN CASE WHEN n.denied_at IS NULL THEN [] ELSE [1] END |
  SET n.denied_at = null, n.denied_since = null, n.denied_run = null, n.denied_twice = null)
RETURN count(*) AS nodes, sum(edges) AS edges, sum(assignments) AS assignments, sum(roles) AS roles;

UNWIND $ids AS id
MATCH (n:User {okta_domain: $domain, id: id}) USING INDEX SEEK n:User(okta_domain, id) WITH n WHERE n.denied_run = $run AND coalesce(n.denied_twice, false) AND NOT EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) }
WITH n, COUNT { (n)-[:MEMBER_OF]-() } AS edges, COUNT { (n)-[:ASSIGNED_TO]->() } AS assignments, COUNT { (n)-[:HAS_ROLE]->() } AS roles
DETACH DELETE n
RETURN count(*) AS nodes, sum(edges) AS edges, sum(assignments) AS assignments, sum(roles) AS roles;

UNWIND $lines AS line
MATCH (u:User {okta_domain: $domain, id: line[0]})
MATCH (m:User {okta_domain: $domain, id: line[1]}) WHERE NOT EXISTS { (u)-[:REPORTS_TO]->(m) }
CREATE (u)-[:REPORTS_TO]->(m)
RETURN count(*) AS count;

UNWIND $rows AS row
   MATCH (n:User {okta_domain: $domain, id: row.id}) WHERE coalesce(n.last_seen_run, 0) <= $run
WITH *, n.denied_at IS NULL OR EXISTS { (n)-[:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.memberships_whole_run > n.denied_run, g.memberships_whole_as_of > n.denied_at, false) } AS isFirst
SET n.denied_twice = CASE WHEN row.isRipe AND NOT isFirst THEN true END,
    n.denied_at = CASE WHEN isFirst THEN $asOf ELSE n.denied_at END,
    n.denied_since = CASE WHEN isFirst THEN datetime.realtime('UTC') ELSE n.denied_since END,
    n.denied_run = $run;


// end of a run

CALL () {
  MATCH (u:User {okta_domain: $domain}) WHERE u.id IS NOT NULL AND u.email IS NOT NULL
  WITH u.email AS shared, count(*) AS users WHERE users > 1
  RETURN shared, users
}
MATCH (u:User {okta_domain: $domain, email: shared})
RETURN count(*) AS count;

MATCH (g:Group {okta_domain: $domain})
RETURN sum(COUNT { (g)<-[:MEMBER_OF]-() }) AS memberships,
       sum(CASE WHEN g.memberships_excluded IS NULL THEN coalesce(g.users_count, 0) ELSE 0 END) AS usersCount,
       count(g.memberships_excluded) AS groupsExcluded;

MATCH (g:Group {okta_domain: $domain}) WHERE g.id IS NOT NULL AND COUNT { (g)<-[:MEMBER_OF]-() } = 1
RETURN count(*) AS count;

MATCH (g:Group {okta_domain: $domain}) WHERE g.id IS NOT NULL AND g.memberships_excluded IS NULL AND NOT EXISTS { (g)<-[:MEMBER_OF]-() }
RETURN count(*) AS count;

MATCH (m:OrgMeasure {okta_domain: $domain}) WHERE m.at < $before
WITH m.at.epochMillis / 86400000 AS day, m ORDER BY m.at DESC, m.run DESC
WITH day, collect(m)[1..] AS earlier
UNWIND earlier AS m DELETE m;

MATCH (m:OrgMeasure {okta_domain: $domain}) WHERE m.at < $before AND m.run <> $run DELETE m;

MATCH (m:OrgMeasure {okta_domain: $domain}) WHERE m.at >= $since RETURN 1 LIMIT 1;

MATCH (manager:User {okta_domain: $domain}) WHERE manager.id IS NOT NULL AND manager.status IN ['SUSPENDED', 'DEPROVISIONED']
MATCH (u:User)-[:REPORTS_TO]->(manager) WHERE NOT coalesce(u.status, '') IN ['STAGED', 'SUSPENDED', 'DEPROVISIONED']
RETURN count(*) AS count;

MATCH (o:OktaOrg {domain: $domain})
MATCH (r:SyncRun {okta_domain: $domain, id: $runId})
RETURN r.number AS number, coalesce(r.groups_as_of, r.finished_at).epochMillis AS atMs,
       o {.users, .groups, .memberships, .apps, .assignments, .roles, .rules} AS size;

MATCH (o:OktaOrg {domain: $domain}) SET o.lock = randomUUID()
WITH o WHERE o.renaming_to IS NULL
MERGE (m:OrgMeasure {okta_domain: $domain, run: $run})
SET m = $numbers, m.okta_domain = $domain, m.run = $run, m.at = $at;

MATCH (o:OktaOrg {domain: $domain}) WHERE o.reporting_lines IS NOT NULL
RETURN o.reporting_lines AS total, o.managers_unresolved AS unresolved, o.managers_unresolved_users AS unresolvedUsers,
       o.managers_ambiguous AS ambiguous, o.managers_ambiguous_users AS ambiguousUsers;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET r.finished_at = datetime.realtime('UTC')
WITH r
RETURN properties(r) AS run, r.started_at.epochMillis AS startedMs, r.finished_at.epochMillis AS finishedMs,
       r.approved_at.epochMillis AS approvedMs;

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN r.report AS report;

MATCH (r:SyncRun {okta_domain: $domain, id: $id}), (o:OktaOrg {domain: $domain})
     SET r.outcome = $outcome, r.report = $json,
         o.last_full_at = CASE WHEN $triedAll THEN r.started_at ELSE o.last_full_at END,
         o.users_listed_at = CASE WHEN $isWhole AND r.users_listed AND r.users_changed_since IS NULL THEN r.started_at ELSE o.users_listed_at END,
         o.groups_listed_at = CASE
WHEN r.mode = 'touched' AND NOT EXISTS {
  MATCH (g:Group {okta_domain: $domain}) WHERE g.denied_run = r.number } THEN o.groups_listed_at
WHEN r.groups_changed_since IS NULL AND $isWhole AND r.groups_listed
  AND r.groups_withheld + r.nodes_unproven + r.nodes_not_removed = 0 THEN r.started_at
WHEN r.groups_changed_since IS NULL OR EXISTS {
  MATCH (g:Group {okta_domain: $domain}) WHERE g.denied_run = r.number } THEN null
ELSE o.groups_listed_at END,
         o.users_left_open = CASE WHEN $isWhole AND r.users_listed AND r.users_changed_since IS NULL THEN r.users_withheld > 0 ELSE o.users_left_open END,
         o.built_in_checked_run = CASE WHEN $isWhole AND r.mode <> 'touched' AND r.users_withheld = 0 AND EXISTS { MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'})
  WHERE g.memberships_tried_run = r.number AND g.memberships_as_of IS NOT NULL } THEN r.number ELSE o.built_in_checked_run END,
         o.last_success_at = CASE WHEN $outcome = 'succeeded' AND r.mode <> 'touched' THEN r.finished_at ELSE o.last_success_at END,
         o.last_success_began_at = CASE WHEN $outcome = 'succeeded' AND r.mode <> 'touched' THEN r.started_at ELSE o.last_success_began_at END,
         o.last_ended_run = CASE WHEN o.last_ended_run > r.number OR r.mode = 'touched' THEN o.last_ended_run ELSE r.number END,
         o.users = COUNT { MATCH (:User {okta_domain: $domain}) },
         o.groups = COUNT { MATCH (:Group {okta_domain: $domain}) },
         o.memberships = $memberships,
         o.apps = CASE WHEN r.mode = 'touched' THEN o.apps WHEN (o.apps IS NOT NULL OR ('apps' IN coalesce(r.access_steps, []) AND NOT 'apps' IN coalesce(r.access_skipped, []))) THEN $access.apps END, o.assignments = CASE WHEN r.mode = 'touched' THEN o.assignments WHEN (o.assignments IS NOT NULL OR ('groupApps' IN coalesce(r.access_steps, []) AND 'appUsers' IN coalesce(r.access_steps, []) AND NOT 'apps' IN coalesce(r.access_skipped, []))) THEN $access.assignments END, o.roles = CASE WHEN r.mode = 'touched' THEN o.roles WHEN (o.roles IS NOT NULL OR ('roles' IN coalesce(r.access_steps, []) AND NOT 'roles' IN coalesce(r.access_skipped, []))) THEN $access.roles END, o.rules = CASE WHEN r.mode = 'touched' THEN o.rules WHEN (o.rules IS NOT NULL OR ('rules' IN coalesce(r.access_steps, []) AND NOT 'rules' IN coalesce(r.access_skipped, []))) THEN $access.rules END;

MATCH (u:User {okta_domain: $domain}) WHERE u.email IS NOT NULL
WITH u.email AS email, count(*) AS count WHERE count > 1
MATCH (u:User {okta_domain: $domain, email: email})
WITH email, count, u.id AS id ORDER BY id
WITH email, count, collect(id)[..20] AS ids ORDER BY ids[0]
RETURN count, ids;

MATCH (u:User {okta_domain: $domain}) WHERE u.email IS NULL
WITH u.id AS id ORDER BY id
RETURN count(id) AS count, collect(id)[..20] AS ids;

MATCH (u:User {okta_domain: $domain}) WHERE u.id IS NOT NULL
RETURN count(CASE WHEN u.status = 'ACTIVE' THEN 1 END) AS users_active, count(CASE WHEN u.status = 'STAGED' THEN 1 END) AS users_staged, count(CASE WHEN u.status = 'PROVISIONED' THEN 1 END) AS users_provisioned, count(CASE WHEN u.status = 'RECOVERY' THEN 1 END) AS users_recovery, count(CASE WHEN u.status = 'PASSWORD_EXPIRED' THEN 1 END) AS users_password_expired, count(CASE WHEN u.status = 'LOCKED_OUT' THEN 1 END) AS users_locked_out, count(CASE WHEN u.status = 'SUSPENDED' THEN 1 END) AS users_suspended, count(CASE WHEN u.status = 'DEPROVISIONED' THEN 1 END) AS users_deprovisioned;

MATCH (u:User {okta_domain: $domain}) WHERE u.id IS NOT NULL AND NOT coalesce(u.status, '') IN ['STAGED', 'SUSPENDED', 'DEPROVISIONED']
  AND coalesce(u.last_login < $since, true) AND NOT coalesce(coalesce(u.activated, u.created) >= $since, false)
RETURN count(*) AS count;

MATCH (u:User {okta_domain: $domain}) WHERE u.id IS NOT NULL AND NOT coalesce(u.status, '') IN ['STAGED', 'SUSPENDED', 'DEPROVISIONED'] AND u.last_login IS NULL
RETURN count(*) AS count;

MATCH (u:User {okta_domain: $domain}) WHERE u.id IS NOT NULL AND u.status IN ['SUSPENDED', 'DEPROVISIONED']
  AND EXISTS { MATCH (u)-[:MEMBER_OF]->(g:Group) WHERE coalesce(g.type, '') <> 'BUILT_IN' }
RETURN count(*) AS count;


// what the System Log has named

MATCH (o:OktaOrg {domain: $domain}) MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET r.apps_at_start = o.apps, r.assignments_at_start = o.assignments, r.roles_at_start = o.roles, r.rules_at_start = o.rules;

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) SET r.groups_as_of = coalesce(r.groups_as_of, $asOf);

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.users_created > 0
MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'}) WHERE coalesce(g.users_count, COUNT { (g)<-[:MEMBER_OF]-() }) <= $maxMembers
RETURN g.id AS id;

UNWIND $ids AS id MATCH (g:Group {okta_domain: $domain, id: id}) SET g.memberships_verify_run = $run;

UNWIND $ids AS id MATCH (n:Group {okta_domain: $domain, id: id}) RETURN id;

UNWIND $ids AS id MATCH (n:User {okta_domain: $domain, id: id}) RETURN id;

UNWIND $ids AS id WITH id WHERE NOT EXISTS { MATCH (:Group {okta_domain: $domain, id: id}) } RETURN id;

UNWIND $ids AS id WITH id WHERE NOT EXISTS { MATCH (:User {okta_domain: $domain, id: id}) } RETURN id;


// apps, admin roles and group rules

CALL () { MATCH (n:App {okta_domain: $domain}) WHERE n.denied_run = $run AND n.denied_twice IS NULL RETURN max(n.denied_since.epochMillis) AS since UNION ALL MATCH (n:GroupRule {okta_domain: $domain}) WHERE n.denied_run = $run AND n.denied_twice IS NULL RETURN max(n.denied_since.epochMillis) AS since UNION ALL MATCH ()-[e:ASSIGNED_TO]->(t) WHERE e.missing_run = $run AND e.missing_twice IS NULL AND t.okta_domain = $domain RETURN max(e.missing_since.epochMillis) AS since UNION ALL MATCH ()-[e:HAS_ROLE]->(t) WHERE e.missing_run = $run AND e.missing_twice IS NULL AND t.okta_domain = $domain RETURN max(e.missing_since.epochMillis) AS since }
RETURN max(since) + $gapMs + 1 - datetime.realtime('UTC').epochMillis AS waitMs;

MATCH (a:App {okta_domain: $domain}) WHERE a.id IS NOT NULL
  AND NOT EXISTS { MATCH (u:User)-[:ASSIGNED_TO]->(a) WHERE coalesce(u.status, '') <> 'DEPROVISIONED' }
  AND NOT EXISTS { MATCH (u:User)-[:MEMBER_OF]->(:Group)-[:ASSIGNED_TO]->(a) WHERE coalesce(u.status, '') <> 'DEPROVISIONED' }
RETURN count(*) AS count;

MATCH (a:App {okta_domain: $domain}) WHERE a.id IS NOT NULL AND EXISTS { (a)<-[:ASSIGNED_TO]-(:User) }
RETURN count(*) AS count;

MATCH (a:App {okta_domain: $domain}) WHERE a.id IS NOT NULL AND a.status = 'INACTIVE' AND EXISTS { (a)<-[:ASSIGNED_TO]-() }
RETURN count(*) AS count;

MATCH (g:Group {okta_domain: $domain})
RETURN min(coalesce(g.memberships_whole_as_of, g.memberships_as_of)).epochMillis AS asOfMs, count(g.memberships_excluded) AS excluded;

MATCH (n:AdminRole {okta_domain: $domain}) WHERE NOT EXISTS { (n)--() } DELETE n;

MATCH (n:App {okta_domain: $domain, id: $id})
CALL (n) { MATCH (n)-[line:ADDS_TO]->() DELETE line }
REMOVE n:App:OktaApp SET n:FormerApp:OktaFormerApp
SET n.removed_at = n.denied_at, n.removed_run = $run
FOREACH (_ IN CASE WHEN n.denied_at IS NULL THEN [] ELSE [1] END |
  SET n.denied_at = null, n.denied_since = null, n.denied_run = null, n.denied_twice = null);

MATCH (n:App {okta_domain: $domain, id: $id}) DETACH DELETE n;

MATCH (n:App {okta_domain: $domain, id: $id})-[e]-()
WITH e, type(e) = 'ASSIGNED_TO' AS isCurrent LIMIT $atMost
DELETE e
RETURN count(*) AS removed, count(CASE WHEN isCurrent THEN 1 END) AS ended;

MATCH (n:App {okta_domain: $domain, id: $id})<-[e:ASSIGNED_TO]-(s)
WITH n, e, s LIMIT $atMost
CREATE (s)-[past:WAS_ASSIGNED_TO]->(n)
SET past = e { .valid_from, .not_before, .opened_by, .assignment_id, .status, .resource_set,
  valid_to: CASE WHEN e.valid_from > CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN e.valid_from ELSE CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END END, ended_after: CASE WHEN coalesce(e.missing_after, CASE WHEN s:Group THEN s.apps_as_of ELSE n.users_as_of END) < CASE WHEN e.missing_at < n.denied_at THEN e.missing_at ELSE n.denied_at END THEN coalesce(e.missing_after, CASE WHEN s:Group THEN s.apps_as_of ELSE n.users_as_of END) END, closed_by: $run }, n.assignments_changed_run = $run
DELETE e
RETURN count(*) AS removed, count(*) AS ended;

MATCH (n:App {okta_domain: $domain}) WHERE n.denied_run <= $run
RETURN collect(CASE WHEN n.denied_run = $run AND n.denied_twice THEN n.id END) AS ids, count(n) AS inDoubt;

MATCH (n:App {okta_domain: $domain}) WHERE n.last_seen_run < $run
  AND n.denied_run = $run AND n.denied_twice IS NULL
RETURN n.id AS id ORDER BY id;

MATCH (n:App {okta_domain: $domain}) WHERE n.last_seen_run < $run
RETURN n.id AS id ORDER BY id;

MATCH (n:GroupRule {okta_domain: $domain, id: $id})
CALL (n) { MATCH (n)-[line:ADDS_TO]->() DELETE line }
REMOVE n:GroupRule:OktaGroupRule SET n:FormerGroupRule:OktaFormerGroupRule
SET n.removed_at = n.denied_at, n.removed_run = $run
FOREACH (_ IN CASE WHEN n.denied_at IS NULL THEN [] ELSE [1] END |
  SET n.denied_at = null, n.denied_since = null, n.denied_run = null, n.denied_twice = null);

MATCH (n:GroupRule {okta_domain: $domain, id: $id}) DETACH DELETE n;

MATCH (n:GroupRule {okta_domain: $domain}) WHERE n.denied_run <= $run
RETURN collect(CASE WHEN n.denied_run = $run AND n.denied_twice THEN n.id END) AS ids, count(n) AS inDoubt;

MATCH (n:GroupRule {okta_domain: $domain}) WHERE n.last_seen_run < $run
  AND n.denied_run = $run AND n.denied_twice IS NULL
RETURN n.id AS id ORDER BY id;

MATCH (n:GroupRule {okta_domain: $domain}) WHERE n.last_seen_run < $run
RETURN n.id AS id ORDER BY id;

MATCH (o)-[e:ASSIGNED_TO]->(t:App) WHERE (e.missing_run < $run OR e.missing_run = $run AND e.missing_twice IS NULL) AND o:Group AND o.okta_domain = $domain
RETURN o.id AS id
UNION MATCH (o:Group {okta_domain: $domain}) WHERE o.apps_not_found_run IS NOT NULL RETURN o.id AS id;

MATCH (o)-[e:HAS_ROLE]->(t:AdminRole) WHERE (e.missing_run < $run OR e.missing_run = $run AND e.missing_twice IS NULL) AND o:Group AND o.okta_domain = $domain
RETURN o.id AS id
UNION MATCH (o:Group {okta_domain: $domain}) WHERE o.roles_not_found_run IS NOT NULL RETURN o.id AS id;

MATCH (o)-[e:HAS_ROLE]->(t:AdminRole) WHERE (e.missing_run < $run OR e.missing_run = $run AND e.missing_twice IS NULL) AND o:User AND o.okta_domain = $domain
RETURN o.id AS id
UNION MATCH (o:User {okta_domain: $domain}) WHERE o.roles_not_found_run IS NOT NULL RETURN o.id AS id;

MATCH (o)<-[e:ASSIGNED_TO]-(t:User) WHERE (e.missing_run < $run OR e.missing_run = $run AND e.missing_twice IS NULL) AND o:App AND o.okta_domain = $domain
RETURN o.id AS id
UNION MATCH (o:App {okta_domain: $domain}) WHERE o.users_not_found_run IS NOT NULL RETURN o.id AS id;

MATCH (o:App {okta_domain: $domain}) WHERE o.last_seen_run >= $run AND true
WITH o ORDER BY coalesce(o.users_read_run, 0), o.users_as_of, o.id
RETURN o.id AS id, coalesce(o.users_read_run, 0) < $run AS isUnread, o.users_as_of IS NOT NULL AS wasRead,
  coalesce(o.users_verify_run = $run, false) AS isChosen, $full OR o.users_as_of IS NULL OR coalesce(o.users_due, false) AS isCalledFor;

MATCH (o:Group {okta_domain: $domain})
WHERE o.roles_as_of IS NOT NULL AND o.has_admin_privilege = false AND NOT EXISTS { (o)-[:HAS_ROLE]->() }
SET o.roles_as_of = null;

MATCH (o:Group {okta_domain: $domain}) WHERE (o.last_seen_run >= $run OR NOT $listsAll) AND (o.apps_count IS NULL OR o.apps_count > 0 OR EXISTS { (o)-[:ASSIGNED_TO]->(:App) })
WITH o ORDER BY coalesce(o.apps_read_run, 0), o.apps_as_of, o.id
RETURN o.id AS id, coalesce(o.apps_read_run, 0) < $run AS isUnread, o.apps_as_of IS NOT NULL AS wasRead,
  coalesce(o.apps_verify_run = $run, false) AS isChosen, $full OR o.apps_as_of IS NULL OR coalesce(o.apps_due, false) OR (o.apps_count IS NOT NULL AND coalesce(o.apps_count <> o.apps_count_read, true)) AS isCalledFor;

MATCH (o:Group {okta_domain: $domain}) WHERE (o.last_seen_run >= $run OR NOT $listsAll) AND (o.has_admin_privilege OR EXISTS { (o)-[:HAS_ROLE]->() })
WITH o ORDER BY coalesce(o.roles_read_run, 0), o.roles_as_of, o.id
RETURN o.id AS id, coalesce(o.roles_read_run, 0) < $run AS isUnread, o.roles_as_of IS NOT NULL AS wasRead,
  coalesce(o.roles_verify_run = $run, false) AS isChosen, $full OR o.roles_as_of IS NULL OR coalesce(o.roles_due, false) OR NOT coalesce(o.has_admin_privilege, false) AS isCalledFor;

MATCH (o:OktaOrg {domain: $domain})
FOREACH (_ IN CASE WHEN coalesce(o.admins_run, 0) < $run THEN [1] ELSE [] END |
  SET o.admins_before = o.admins_as_of, o.admins_before_run = o.admins_run, o.admins_run = $run)
SET o.admins_as_of = $asOf
WITH o UNWIND $ids AS id
MATCH (u:User {okta_domain: $domain, id: id})
SET u.admin_since_run = CASE WHEN u.admin_listed_run = $run THEN u.admin_since_run
      WHEN coalesce(u.admin_listed_run, 0) < o.admins_before_run AND u.added_run <= o.admins_before_run THEN $run END,
    u.admin_listed_run = $run;

MATCH (o:OktaOrg {domain: $domain}) MATCH (r:SyncRun {okta_domain: $domain, id: $id})
RETURN r.access_claim = $claim AS isOwn, coalesce(o.access_run > $run, false) AS isLate;

MATCH (o:OktaOrg {domain: $domain}) MATCH (r:SyncRun {okta_domain: $domain, id: $id})
WITH o, r, coalesce(o.access_run > $run, false) AS isLate
FOREACH (_ IN CASE WHEN isLate THEN [] ELSE [1] END | SET r.access_claim = $claim, o.access_run = $run)
RETURN isLate, coalesce(r.access_steps, []) AS done, coalesce(r.access_skipped, []) AS skipped;

MATCH (o:User {okta_domain: $domain})
WHERE o.roles_as_of IS NOT NULL AND o.admin_listed_run < $run AND NOT EXISTS { (o)-[:HAS_ROLE]->() }
SET o.roles_as_of = null;

MATCH (o:User {okta_domain: $domain}) WHERE true AND o.admin_listed_run > 0 AND (o.admin_listed_run = $run OR EXISTS { (o)-[:HAS_ROLE]->() })
WITH o ORDER BY coalesce(o.roles_read_run, 0), o.roles_as_of, o.id
RETURN o.id AS id, coalesce(o.roles_read_run, 0) < $run AS isUnread, o.roles_as_of IS NOT NULL AS wasRead,
  coalesce(o.roles_verify_run = $run, false) AS isChosen, $full OR o.roles_as_of IS NULL OR coalesce(o.roles_due, false) OR coalesce(o.admin_listed_run, 0) < $run AS isCalledFor;

MATCH (r:AdminRole {okta_domain: $domain}) WHERE r.id IS NOT NULL
CALL (r) {
  MATCH (u:User)-[e:HAS_ROLE]->(r:AdminRole) RETURN u, e, null AS g, null AS m
  UNION ALL
  MATCH (u:User)-[m:MEMBER_OF]->(g:Group)-[e:HAS_ROLE]->(r:AdminRole) WHERE true RETURN u, e, g, m
}
WITH *, CASE WHEN u.status = 'SUSPENDED' THEN 'suspended' WHEN u.status = 'DEPROVISIONED' THEN 'deactivated'
             WHEN u.last_login IS NULL THEN 'never signed in' WHEN u.last_login < $since THEN 'no recent sign-in' END AS reason
WHERE reason IS NOT NULL AND (size($reasons) = 0 OR reason IN $reasons)
RETURN count(DISTINCT u) AS count;

MATCH (r:AdminRole {okta_domain: $domain}) WHERE r.id IS NOT NULL
CALL (r) {
  MATCH (u:User)-[e:HAS_ROLE]->(r:AdminRole) RETURN u, e, null AS g, null AS m
  UNION ALL
  MATCH (u:User)-[m:MEMBER_OF]->(g:Group)-[e:HAS_ROLE]->(r:AdminRole) WHERE true RETURN u, e, g, m
}
WITH u WHERE coalesce(u.status, '') <> 'DEPROVISIONED'
RETURN count(DISTINCT u) AS admins;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
RETURN coalesce(r.apps_at_start, 0) AS atStart, r.apps_deleted AS removed,
       r.apps_withheld AS withheld, r.approved_apps AS approved;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
RETURN coalesce(r.assignments_at_start, 0) AS atStart, r.assignments_removed_unlisted AS removed,
       r.assignments_withheld AS withheld, r.approved_assignments AS approved;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
RETURN coalesce(r.roles_at_start, 0) AS atStart, r.roles_removed_unlisted AS removed,
       r.roles_withheld AS withheld, r.approved_roles AS approved;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
RETURN coalesce(r.rules_at_start, 0) AS atStart, r.rules_deleted AS removed,
       r.rules_withheld AS withheld, r.approved_rules AS approved;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET r.access_skipped = [each IN coalesce(r.access_skipped, []) WHERE each <> $kind] + $kind;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET r.access_steps = [step IN coalesce(r.access_steps, []) WHERE step <> $step] + $step;

MATCH (r:SyncRun {okta_domain: $domain, id: $id})
SET r.apps_at_start = $counts.apps, r.assignments_at_start = $counts.assignments, r.roles_at_start = $counts.roles, r.rules_at_start = $counts.rules;

MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.outcome = 'running' AND r.number = $number AND r.mode = $mode AND r.allow_deletes = $allowDeletes AND r.access_began_at IS NULL
SET r.access_began_at = datetime.realtime('UTC');

MATCH (r:SyncRun {okta_domain: $domain, mode: 'full', outcome: 'succeeded'})
RETURN r.number AS runNumber, r.finished_at.epochMillis AS finishedMs ORDER BY r.number DESC LIMIT 1;

MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.id IS NOT NULL AND r.finished_at IS NOT NULL
UNWIND [CASE WHEN ('rules' IN coalesce(r.access_steps, []) AND NOT 'rules' IN coalesce(r.access_skipped, [])) THEN 'rules' END, CASE WHEN ('groupApps' IN coalesce(r.access_steps, []) AND 'appUsers' IN coalesce(r.access_steps, []) AND NOT 'apps' IN coalesce(r.access_skipped, [])) THEN 'apps' END, CASE WHEN ('roles' IN coalesce(r.access_steps, []) AND NOT 'roles' IN coalesce(r.access_skipped, [])) THEN 'roles' END] AS kind
WITH r, kind WHERE kind IS NOT NULL
RETURN kind, max(r.number) AS runNumber, max(r.finished_at.epochMillis) AS finishedMs,
       coalesce(min(r.groups_as_of), min(r.started_at)).epochMillis AS sinceMs;

MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number > $after AND r.mode = 'touched' AND r.outcome = 'succeeded'
RETURN r.number AS runNumber, r.finished_at.epochMillis AS finishedMs
ORDER BY r.okta_domain DESC, r.number DESC LIMIT 1;

MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number >= 0 AND coalesce(r.mode <> 'touched', true)
RETURN r.id AS runId, r.number AS runNumber, r.mode AS mode, r.outcome AS outcome,
       r.started_at.epochMillis AS startedMs, r.finished_at.epochMillis AS finishedMs
ORDER BY r.okta_domain DESC, r.number DESC LIMIT 500;

MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number >= 0 AND r.keeps_history AND r.groups_as_of IS NOT NULL
RETURN r.groups_as_of.epochMillis AS sinceMs ORDER BY r.okta_domain, r.number LIMIT 1;

MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.outcome IN ['succeeded', 'partial'] AND coalesce(r.mode <> 'touched', true)
WITH r ORDER BY r.number DESC LIMIT 1
RETURN coalesce(r.users_withheld, 0) AS users, coalesce(r.groups_withheld, 0) AS groups, coalesce(r.memberships_withheld, 0) AS memberships, coalesce(r.apps_withheld, 0) AS apps, coalesce(r.assignments_withheld, 0) AS assignments, coalesce(r.roles_withheld, 0) AS roles, coalesce(r.rules_withheld, 0) AS rules;

MATCH (rule:GroupRule {okta_domain: $domain}) WHERE rule.id IS NOT NULL AND rule.status = 'INVALID'
OPTIONAL MATCH (rule)-[adds:ADDS_TO]->(g:Group)
RETURN count(DISTINCT rule) AS count;

MATCH (s)-[e:ASSIGNED_TO]->(t) WHERE e.missing_run <= $run AND t.okta_domain = $domain
   AND all(each IN [s, t] WHERE coalesce(each.denied_run <> $run, true)) AND e.missing_run = $run AND e.missing_twice WITH s, e, t LIMIT $atMost
CREATE (s)-[past:WAS_ASSIGNED_TO]->(t)
SET past = e { .valid_from, .not_before, .opened_by, .assignment_id, .status, .resource_set,
  valid_to: CASE WHEN e.valid_from > e.missing_at THEN e.valid_from ELSE e.missing_at END, ended_after: CASE WHEN e.missing_after < e.missing_at THEN e.missing_after END, closed_by: $run }, t.assignments_changed_run = $run
DELETE e
       RETURN count(*) AS ended;

MATCH (s)-[e:ASSIGNED_TO]->(t) WHERE e.missing_run <= $run AND t.okta_domain = $domain
AND all(each IN [s, t] WHERE coalesce(each.denied_run <> $run, true)) AND e.missing_run = $run AND e.missing_twice WITH s, e, t LIMIT $atMost
    DELETE e
    RETURN count(*) AS ended;

MATCH (s)-[e:ASSIGNED_TO]->(t) WHERE e.missing_run <= $run AND t.okta_domain = $domain
AND all(each IN [s, t] WHERE coalesce(each.denied_run <> $run, true)) RETURN count(e) AS inDoubt, count(CASE WHEN e.missing_run = $run AND e.missing_twice THEN 1 END) AS gone;

MATCH (s)-[e:HAS_ROLE]->(t) WHERE e.missing_run <= $run AND t.okta_domain = $domain
   AND all(each IN [s, t] WHERE coalesce(each.denied_run <> $run, true)) AND e.missing_run = $run AND e.missing_twice WITH s, e, t LIMIT $atMost
CREATE (s)-[past:HAD_ROLE]->(t)
SET past = e { .valid_from, .not_before, .opened_by, .assignment_id, .status, .resource_set,
  valid_to: CASE WHEN e.valid_from > e.missing_at THEN e.valid_from ELSE e.missing_at END, ended_after: CASE WHEN e.missing_after < e.missing_at THEN e.missing_after END, closed_by: $run }, t.assignments_changed_run = $run
DELETE e
       RETURN count(*) AS ended;

MATCH (s)-[e:HAS_ROLE]->(t) WHERE e.missing_run <= $run AND t.okta_domain = $domain
AND all(each IN [s, t] WHERE coalesce(each.denied_run <> $run, true)) AND e.missing_run = $run AND e.missing_twice WITH s, e, t LIMIT $atMost
    DELETE e
    RETURN count(*) AS ended;

MATCH (s)-[e:HAS_ROLE]->(t) WHERE e.missing_run <= $run AND t.okta_domain = $domain
AND all(each IN [s, t] WHERE coalesce(each.denied_run <> $run, true)) RETURN count(e) AS inDoubt, count(CASE WHEN e.missing_run = $run AND e.missing_twice THEN 1 END) AS gone;

RETURN COUNT { MATCH (:App {okta_domain: $domain}) } AS apps, COUNT { MATCH (:App {okta_domain: $domain})<-[:ASSIGNED_TO]-() } AS assignments, COUNT { MATCH (:AdminRole {okta_domain: $domain})<-[:HAS_ROLE]-() } AS roles, COUNT { MATCH (:GroupRule {okta_domain: $domain}) } AS rules;

RETURN datetime.realtime('UTC') AS at;

SHOW INDEXES YIELD name, state WHERE name IN $names AND state = 'ONLINE' RETURN name;

UNWIND $denied AS id
     MATCH (n:App {okta_domain: $domain, id: id}) WHERE n.last_seen_run < $run
WITH *, n.denied_at IS NULL OR false AS isFirst
SET n.denied_twice = CASE WHEN n.denied_since + duration({milliseconds: $gapMs}) <= $askedAt AND NOT isFirst THEN true END,
    n.denied_at = CASE WHEN isFirst THEN $asOf ELSE n.denied_at END,
    n.denied_since = CASE WHEN isFirst THEN datetime.realtime('UTC') ELSE n.denied_since END,
    n.denied_run = $run;

UNWIND $denied AS id
     MATCH (n:GroupRule {okta_domain: $domain, id: id}) WHERE n.last_seen_run < $run
WITH *, n.denied_at IS NULL OR false AS isFirst
SET n.denied_twice = CASE WHEN n.denied_since + duration({milliseconds: $gapMs}) <= $askedAt AND NOT isFirst THEN true END,
    n.denied_at = CASE WHEN isFirst THEN $asOf ELSE n.denied_at END,
    n.denied_since = CASE WHEN isFirst THEN datetime.realtime('UTC') ELSE n.denied_since END,
    n.denied_run = $run;

UNWIND $failed + $notFound AS id MATCH (o:App {okta_domain: $domain, id: id})
WITH o, id IN $failed AS isFailed, id IN $notFound AS isNotFound, o.users_not_found_run = $run AND (o.last_seen_run >= $run) AS isLeft
SET o.users_read_run = $run, o.users_as_of = CASE WHEN isFailed THEN null ELSE o.users_as_of END,
    o.users_not_found_run = CASE WHEN isNotFound THEN $run ELSE o.users_not_found_run END
RETURN count(CASE WHEN isNotFound AND isLeft THEN 1 END) AS left;

UNWIND $ids AS id MATCH (o:App {okta_domain: $domain, id: id})
MATCH (o)<-[e:ASSIGNED_TO]-(t:User) RETURN o.id AS owner, t.id AS key, t.id AS id, e.missing_run IS NOT NULL AS isMissed;

UNWIND $ids AS id MATCH (o:App {okta_domain: $domain, id: id}) SET o.users_verify_run = $run;

UNWIND $ids AS id MATCH (o:Group {okta_domain: $domain, id: id})
MATCH (o)-[e:ASSIGNED_TO]->(t:App) RETURN o.id AS owner, t.id AS key, t.id AS id, e.missing_run IS NOT NULL AS isMissed;

UNWIND $ids AS id MATCH (o:Group {okta_domain: $domain, id: id})
MATCH (o)-[e:HAS_ROLE]->(t:AdminRole) RETURN o.id AS owner, t.id + ' ' + e.assignment_id AS key, t.id AS id, e.missing_run IS NOT NULL AS isMissed;

UNWIND $ids AS id MATCH (o:Group {okta_domain: $domain, id: id}) SET o.apps_verify_run = $run;

UNWIND $ids AS id MATCH (o:Group {okta_domain: $domain, id: id}) SET o.roles_verify_run = $run;

UNWIND $ids AS id MATCH (o:User {okta_domain: $domain, id: id})
MATCH (o)-[e:HAS_ROLE]->(t:AdminRole) RETURN o.id AS owner, t.id + ' ' + e.assignment_id AS key, t.id AS id, e.missing_run IS NOT NULL AS isMissed;

UNWIND $ids AS id MATCH (o:User {okta_domain: $domain, id: id}) SET o.roles_verify_run = $run;

UNWIND $rows AS row
MATCH (n:FormerApp {okta_domain: $domain, id: row.id})
REMOVE n:FormerApp:OktaFormerApp SET n:App:OktaApp
SET n.added_run = $run, n.removed_at = null, n.removed_run = null, n.users_as_of = null;

UNWIND $rows AS row
MATCH (n:FormerGroupRule {okta_domain: $domain, id: row.id})
REMOVE n:FormerGroupRule:OktaFormerGroupRule SET n:GroupRule:OktaGroupRule
SET n.added_run = $run, n.removed_at = null, n.removed_run = null, n.users_as_of = null;

UNWIND $rows AS row
MATCH (n:GroupRule {okta_domain: $domain, id: row.id})
CALL (n, row) {
  MATCH (n)-[e:ADDS_TO]->(g:Group) WHERE NOT g.id IN row.groups DELETE e
}
WITH n, row UNWIND row.groups AS id
MATCH (g:Group {okta_domain: $domain, id: id})
MERGE (n)-[:ADDS_TO]->(g);

UNWIND $rows AS row
MATCH (o:App {okta_domain: $domain, id: row.id})
SET o.users_read_run = $run, o.users_as_of = CASE WHEN row.isWhole THEN row.asOf ELSE o.users_as_of END,
    o.users_not_found_run = null
SET o.users_due = null;

UNWIND $rows AS row
MATCH (o:App {okta_domain: $domain, id: row.owner})
MATCH (t:User {okta_domain: $domain, id: row.id})
WITH o, t, row, coalesce(o.users_as_of, null) AS before
CREATE (o)<-[e:ASSIGNED_TO]-(t)
SET e = row.properties, e.valid_from = row.asOf, e.not_before = before, e.opened_by = $run,
    o.assignments_changed_run = $run
RETURN o.id AS owner, count(*) AS count;

UNWIND $rows AS row
MATCH (o:Group {okta_domain: $domain, id: row.id})
SET o.apps_read_run = $run, o.apps_as_of = CASE WHEN row.isWhole THEN row.asOf ELSE o.apps_as_of END,
    o.apps_not_found_run = null
SET o.apps_count_read = o.apps_count, o.apps_due = null;

UNWIND $rows AS row
MATCH (o:Group {okta_domain: $domain, id: row.id})
SET o.roles_read_run = $run, o.roles_as_of = CASE WHEN row.isWhole THEN row.asOf ELSE o.roles_as_of END,
    o.roles_not_found_run = null
SET o.roles_due = null;

UNWIND $rows AS row
MATCH (o:Group {okta_domain: $domain, id: row.owner})
MATCH (t:AdminRole {okta_domain: $domain, id: row.id})
WITH o, t, row, coalesce(o.roles_as_of, null) AS before
CREATE (o)-[e:HAS_ROLE]->(t)
SET e = row.properties, e.valid_from = row.asOf, e.not_before = before, e.opened_by = $run,
    t.assignments_changed_run = $run
RETURN o.id AS owner, count(*) AS count;

UNWIND $rows AS row
MATCH (o:Group {okta_domain: $domain, id: row.owner})
MATCH (t:App {okta_domain: $domain, id: row.id})
WITH o, t, row, coalesce(o.apps_as_of, null) AS before
CREATE (o)-[e:ASSIGNED_TO]->(t)
SET e = row.properties, e.valid_from = row.asOf, e.not_before = before, e.opened_by = $run,
    t.assignments_changed_run = $run
RETURN o.id AS owner, count(*) AS count;

UNWIND $rows AS row
MATCH (o:User {okta_domain: $domain, id: row.id})
SET o.roles_read_run = $run, o.roles_as_of = CASE WHEN row.isWhole THEN row.asOf ELSE o.roles_as_of END,
    o.roles_not_found_run = null
SET o.roles_due = null;

UNWIND $rows AS row
MATCH (o:User {okta_domain: $domain, id: row.owner})
MATCH (t:AdminRole {okta_domain: $domain, id: row.id})
WITH o, t, row, coalesce(o.roles_as_of, CASE WHEN o.admin_since_run = $run THEN head(COLLECT { MATCH (org:OktaOrg {domain: $domain}) RETURN org.admins_before }) END) AS before
CREATE (o)-[e:HAS_ROLE]->(t)
SET e = row.properties, e.valid_from = row.asOf, e.not_before = before, e.opened_by = $run,
    t.assignments_changed_run = $run
RETURN o.id AS owner, count(*) AS count;

UNWIND $rows AS row
MERGE (n:App {okta_domain: $domain, id: row.id})
  ON CREATE SET n:App:OktaApp, n.added_run = $run
WITH n, row, coalesce(n.last_seen_run, 0) < $run AS isUnseen
WITH n, row, isUnseen, n.added_run = $run AND isUnseen AS isNew,
     any(key IN keys(row.values) WHERE coalesce(n[key] <> row.values[key], (n[key] IS NULL) <> (row.values[key] IS NULL))) AS isChanged
SET n += row.values, n.last_seen_run = $run
FOREACH (_ IN CASE WHEN n.denied_at IS NULL THEN [] ELSE [1] END |
  SET n.denied_at = null, n.denied_since = null, n.denied_run = null, n.denied_twice = null)
SET n.users_due = CASE WHEN isNew OR isChanged THEN true ELSE n.users_due END
RETURN count(CASE WHEN isUnseen THEN 1 END) AS seen, count(CASE WHEN isNew THEN 1 END) AS created, count(CASE WHEN isChanged AND NOT isNew THEN 1 END) AS updated;

UNWIND $rows AS row
MERGE (n:GroupRule {okta_domain: $domain, id: row.id})
  ON CREATE SET n:GroupRule:OktaGroupRule, n.added_run = $run
WITH n, row, coalesce(n.last_seen_run, 0) < $run AS isUnseen
WITH n, row, isUnseen, n.added_run = $run AND isUnseen AS isNew,
     any(key IN keys(row.values) WHERE coalesce(n[key] <> row.values[key], (n[key] IS NULL) <> (row.values[key] IS NULL))) AS isChanged
SET n += row.values, n.last_seen_run = $run
FOREACH (_ IN CASE WHEN n.denied_at IS NULL THEN [] ELSE [1] END |
  SET n.denied_at = null, n.denied_since = null, n.denied_run = null, n.denied_twice = null)
RETURN count(CASE WHEN isUnseen THEN 1 END) AS seen, count(CASE WHEN isNew THEN 1 END) AS created, count(CASE WHEN isChanged AND NOT isNew THEN 1 END) AS updated;

UNWIND $rows AS row MATCH (o:App {okta_domain: $domain, id: row.owner}) MATCH (o)<-[e:ASSIGNED_TO]-(t:User) WHERE t.okta_domain = $domain AND t.id = row.id AND t.id = row.key
SET e.missing_twice = CASE WHEN e.missing_since + duration({milliseconds: $gapMs}) <= $askedAt THEN true END,
    e.missing_run = $run, e.missing_at = coalesce(e.missing_at, row.asOf),
    e.missing_after = coalesce(e.missing_after, o.users_as_of),
    e.missing_since = coalesce(e.missing_since, datetime.realtime('UTC'));

UNWIND $rows AS row MATCH (o:Group {okta_domain: $domain, id: row.owner}) MATCH (o)-[e:ASSIGNED_TO]->(t:App) WHERE t.okta_domain = $domain AND t.id = row.id AND t.id = row.key
SET e.missing_twice = CASE WHEN e.missing_since + duration({milliseconds: $gapMs}) <= $askedAt THEN true END,
    e.missing_run = $run, e.missing_at = coalesce(e.missing_at, row.asOf),
    e.missing_after = coalesce(e.missing_after, o.apps_as_of),
    e.missing_since = coalesce(e.missing_since, datetime.realtime('UTC'));

UNWIND $rows AS row MATCH (o:Group {okta_domain: $domain, id: row.owner}) MATCH (o)-[e:HAS_ROLE]->(t:AdminRole) WHERE t.okta_domain = $domain AND t.id = row.id AND t.id + ' ' + e.assignment_id = row.key
SET e += row.properties, e.missing_run = null, e.missing_at = null, e.missing_since = null,
    e.missing_after = null, e.missing_twice = null
SET t.type = row.type, t.label = row.label;

UNWIND $rows AS row MATCH (o:User {okta_domain: $domain, id: row.owner}) MATCH (o)-[e:HAS_ROLE]->(t:AdminRole) WHERE t.okta_domain = $domain AND t.id = row.id AND t.id + ' ' + e.assignment_id = row.key
SET e += row.properties, e.missing_run = null, e.missing_at = null, e.missing_since = null,
    e.missing_after = null, e.missing_twice = null
SET t.type = row.type, t.label = row.label;

UNWIND $rows AS row MATCH (o:User {okta_domain: $domain, id: row.owner}) MATCH (o)-[e:HAS_ROLE]->(t:AdminRole) WHERE t.okta_domain = $domain AND t.id = row.id AND t.id + ' ' + e.assignment_id = row.key
SET e.missing_twice = CASE WHEN e.missing_since + duration({milliseconds: $gapMs}) <= $askedAt THEN true END,
    e.missing_run = $run, e.missing_at = coalesce(e.missing_at, row.asOf),
    e.missing_after = coalesce(e.missing_after, o.roles_as_of),
    e.missing_since = coalesce(e.missing_since, datetime.realtime('UTC'));

UNWIND $rows AS row MERGE (t:AdminRole {okta_domain: $domain, id: row.id})
SET t:AdminRole:OktaAdminRole, t.type = row.type, t.label = row.label;
