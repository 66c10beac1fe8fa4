"""Small files that are replaced as a whole: whoever reads one sees the old content or the new, whatever crashes."""

from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Make `content` all that is in `path`, in one step."""
    draft = path.with_name(f"{path.name}.next")
    draft.write_bytes(content)
    draft.replace(path)
