"""Alembic looks for this file; Mandate runs its migrations through tenants.migrate and needs nothing of it."""
