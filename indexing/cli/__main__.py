"""`python -m indexing.cli`: the command `contacts`."""

from indexing.cli.main import main

if __name__ == "__main__":
    main()
