"""Where data lives and how it is reached: one schema and one login per client instance, beside the shared platform."""
