"""The command `contacts`."""
