"""The chain and its rows, which nobody may change."""

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = (
    """
CREATE TRIGGER guardrail_no_update BEFORE UPDATE ON guardrail_decision
BEGIN SELECT RAISE(ABORT, 'the decision log is append-only'); END;
""",
    """
CREATE TRIGGER guardrail_no_delete BEFORE DELETE ON guardrail_decision
WHEN OLD.number > (SELECT number FROM guardrail_chain WHERE id = 0)
BEGIN SELECT RAISE(ABORT, 'the decision log is append-only'); END;
""",
)
_POSTGRESQL = (
    """
CREATE FUNCTION guardrail_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
    AND OLD.number <= (SELECT number FROM guardrail_chain WHERE id = 0)
  THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the decision log is append-only';
END $$;
""",
    """
CREATE TRIGGER guardrail_append_only BEFORE UPDATE OR DELETE ON guardrail_decision
FOR EACH ROW EXECUTE FUNCTION guardrail_append_only();
""",
    """
CREATE TRIGGER guardrail_no_truncate BEFORE TRUNCATE ON guardrail_decision
EXECUTE FUNCTION guardrail_append_only();
""",
)


def upgrade() -> None:
    """Make the tables, the chain of no rows, and what keeps rows as they are."""
    op.create_table(
        "guardrail_decision",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("written", sa.Text, nullable=False, index=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
    )
    chain = op.create_table(
        "guardrail_chain",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
    )
    places = [{"id": place, "number": 0, "seal": "0" * 64} for place in (0, 1)]
    op.bulk_insert(chain, places)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if sqlite else _POSTGRESQL:
        op.execute(statement)
