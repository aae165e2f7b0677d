"""What stood in older columns is carried over, and the new queues get their indexes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

from core.addresses import address_hash

ID = "2026-11-23T19:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "suppressions of those who opted out, the old contact policy, indexes"

# core/addresses.py writes plain addresses the same way; all others are its own to write.
HASH_PLAIN = """UPDATE contact SET address_hash = encode(sha256(convert_to(lower(email), 'UTF8')), 'hex')
   WHERE email <> ''"""
OTHERS = "SELECT id, email FROM contact WHERE email ~ '[^!-~]'"
HASH_OTHERS = "UPDATE contact c SET address_hash = g.digest FROM (VALUES {}) AS g(id, digest) WHERE c.id = g.id"
AT_ONCE = 1_000

STATEMENTS = [
    """INSERT INTO suppression (workspace, address_hash, address, reason, source, created_at)
       SELECT workspace, address_hash, min(email), 'unsubscribed', 'survey mail', min(unsubscribed_at) FROM contact
       WHERE unsubscribed_at IS NOT NULL AND address_hash IS NOT NULL GROUP BY workspace, address_hash""",
    "UPDATE invitation i SET survey = v.survey FROM survey_version v WHERE v.id = i.survey_version",
    # What was answered before nobody listened to answers.
    "UPDATE response SET followed_up_at = submitted_at",
    # Whoever runs Kept already keeps the rule they had; the lottery is for new workspaces.
    """INSERT INTO contact_policy (workspace, policy, updated_at)
       SELECT id, '{"draw": "first_come", "contact_budget": null, "account_budget": null, "overall_days": 0}', now()
       FROM workspace""",
    # Who was told the persona keeps it, whatever a rule says.
    "UPDATE contact SET is_persona_said = true WHERE persona IS NOT NULL",
    "DROP INDEX contact_address",
    # feedback/contacts/contacts.py looks for the beginning of an id or an address.
    "CREATE INDEX contact_beginning ON contact (workspace, external_id text_pattern_ops)",
    "CREATE INDEX contact_address_beginning ON contact (workspace, lower(email) text_pattern_ops) WHERE email IS NOT NULL",
    # feedback/contacts/suppressions.py and feedback/contacts/keep_contacts.py find the people behind an address.
    "CREATE INDEX contact_address ON contact (workspace, address_hash) WHERE address_hash IS NOT NULL",
    # feedback/delivery/remind.py claims the reminders that are due; others never enter the index.
    "CREATE INDEX invitation_reminder ON invitation (remind_at) WHERE remind_at IS NOT NULL",
    # feedback/deciding/follow_up.py takes whole responses that nobody has looked at, oldest first.
    "CREATE INDEX response_followed ON response (id) WHERE followed_up_at IS NULL",
    # feedback/deciding/load_facts.py finds a contact's place among those of its account.
    "CREATE INDEX contact_of_account ON contact (account, id) WHERE account IS NOT NULL",
    # feedback/deciding/load_facts.py looks at what an account was asked lately.
    "CREATE INDEX invitation_account_due ON invitation (account, due_at) WHERE account IS NOT NULL",
    # feedback/delivery/senders.py holds and frees what waits in a workspace.
    "CREATE INDEX invitation_waiting ON invitation (workspace) WHERE state IN ('due', 'held')",
]


async def hash_addresses(engine):
    await engine.run_ddl(HASH_PLAIN)
    others = await engine.run_ddl(OTHERS)
    for start in range(0, len(others), AT_ONCE):
        made = [(row["id"], address_hash(row["email"])) for row in others[start : start + AT_ONCE]]
        await engine.run_ddl(HASH_OTHERS.format(", ".join(f"({number}, '{digest}')" for number, digest in made)))


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="feedback", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        await hash_addresses(engine)
        for statement in STATEMENTS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    return manager
