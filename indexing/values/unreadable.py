"""Why a cell can't be read as a value of its field."""


class Unreadable(ValueError):
    """A cell is no value of its field.

    Attributes:
        reason: a predicate of the cell, the same for all of a kind and with nothing of the cell in it: what repairs
            are counted by.
        placeholder: the cell says, in its own way, that there is no value; so the column can well be read.
    """

    def __init__(self, reason: str, *, placeholder: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.placeholder = placeholder
