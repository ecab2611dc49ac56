"""Runs cartography's sync of Okta users, groups and memberships, and prints its seconds as JSON.

Only these: its whole Okta module also reads applications, factors, roles, rules and more. The functions are those that
its `sync_okta_users` and `sync_okta_groups` call, in this order, without the calls for roles and rules. How it reads,
maps, loads and cleans up is its own.

Changed from outside, in the Okta SDK that it uses:
- Its setting for tests, an environment variable, lets it use http, and with it a simulated org.
- Version 3.4.6 sends an API token as `SSWSTOKEN`, without a space, which the simulated org refuses. The SDK takes an
  HTTP client of one's own; this one sends `SSWS TOKEN`.
"""

import asyncio
import json
import logging
import os
import time

import neo4j
from cartography.intel.okta import groups, organization, users
from okta.client import Client
from okta.http_client import HTTPClient

logging.disable(logging.CRITICAL)


class TokenWithSpace(HTTPClient):
    async def send_request(self, request):
        headers = {**request["headers"], "Authorization": f"SSWS {os.environ['OKTA_API_TOKEN']}"}
        return await super().send_request({**request, "headers": headers})


def main() -> None:
    os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"
    environment = os.environ
    okta = Client(
        {
            "orgUrl": f"http://{environment['OKTA_DOMAIN']}",
            "token": environment["OKTA_API_TOKEN"],
            "httpClient": TokenWithSpace,
        }
    )
    auth = (environment["NEO4J_USERNAME"], environment["NEO4J_PASSWORD"])
    job = {"UPDATE_TAG": int(time.time()), "OKTA_ORG_ID": "acme"}
    with neo4j.GraphDatabase.driver(environment["NEO4J_URI"], auth=auth) as driver:
        with driver.session() as session:
            started_at = time.perf_counter()
            sync(okta, session, job)
            seconds = time.perf_counter() - started_at
    print(json.dumps({"seconds": seconds}))


def sync(okta: Client, session: neo4j.Session, job: dict) -> None:
    organization.sync_okta_organization(session, job)

    found = asyncio.run(users._get_okta_users(okta))
    users._load_okta_users(session, users._transform_okta_users(found, []), job)
    users._cleanup_okta_users(session, job)

    found = asyncio.run(groups._get_okta_groups(okta))
    # Reads the members of each group too.
    rows = groups._transform_okta_groups(okta, found, [])
    groups._load_okta_groups(session, rows, job)
    groups._cleanup_okta_groups(session, job)


main()
