"""Who is who: which contact a row is of, by its keys and a table of all keys, and how rows of one are joined."""
