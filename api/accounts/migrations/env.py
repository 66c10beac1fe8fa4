"""Run by Alembic: takes the steps on the connection, and in the transaction, that `api.accounts.database` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
