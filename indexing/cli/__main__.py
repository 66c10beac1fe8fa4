"""`python -m indexing.cli`: the command `contacts`."""

from indexing.cli.entry import main

if __name__ == "__main__":
    main()
