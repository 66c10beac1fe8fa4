"""What spreadsheets and people do to a file of contacts, in known numbers: `contacts sample --mess`.

Each kind of mess is a row of the table in `kinds`. It says of what it writes what becomes of every line and which
contacts are meant, so that a test can load the file and demand exact sums, and the same contacts as of a clean file.
"""
