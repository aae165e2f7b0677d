"""The addresses that nothing may write to, whatever asks and over whatever channel."""

# Why the contact `c` of a statement is never asked: a word of tables.Suppressed, or NULL where
# nothing stands against it.
SUPPRESSED_AS = """CASE WHEN c.unsubscribed_at IS NOT NULL THEN 'unsubscribed' ELSE (
    SELECT s.reason FROM suppression s WHERE s.workspace = c.workspace AND s.address_hash = c.address_hash
) END"""
