"""Values as people write them into cells: one kind a module, and what reads each field in `readers`.

Each is a pure function of a cell. Nothing is ever cut in silence: what can't be read raises `Unreadable`.
"""
