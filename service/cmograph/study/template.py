"""A new study folder that builds as it is, to be written over."""

from __future__ import annotations

from pathlib import Path

from cmograph.errors import Problem, StudyError

__all__ = ["write_template"]

_TEMPLATE = Path(__file__).parent / "new"


def write_template(folder: Path) -> None:
    """Make a study folder with synthetic interviews and every table explained.

    Args:
        folder: new or empty; made with its parents where it is missing.

    Raises:
        StudyError: the folder holds something already, or cannot be made. Nothing is written over.
    """
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise StudyError(
                Problem(f"{folder} is not empty.", "Name a new folder; nothing is written over.")
            )
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(_TEMPLATE.rglob("*")):
            target = folder / file.relative_to(_TEMPLATE)
            if file.is_dir():
                target.mkdir(exist_ok=True)
            else:
                target.write_bytes(file.read_bytes())
    except OSError as error:
        remedy = "Name a folder that can be made and written."
        raise StudyError(Problem(f"{folder} cannot be made ({error.strerror}).", remedy)) from error
