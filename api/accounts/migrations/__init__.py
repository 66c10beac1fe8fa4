"""How the tables of users came to be, one step a file. `api.accounts.database` runs what is missing at each start."""
