"""One client's schema: models, queries, actions and the audit trail."""
