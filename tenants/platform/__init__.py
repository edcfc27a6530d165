"""What the whole service shares: firms, people, sessions, the template library, published figures."""
