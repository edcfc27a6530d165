"""A demonstration firm with three engagements, made through the same actions as a person's, for development only."""
