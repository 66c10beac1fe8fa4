"""Who may use the service: users, passwords, tokens and sessions, with their own HTTP routes."""
