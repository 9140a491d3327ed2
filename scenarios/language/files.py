"""Where a scenario and the files beside it lie: shipped with the package, or on disk."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath

from scenarios.bounded_read import TooLarge, read_bounded
from scenarios.language.text.csv_files import MAX_BYTES, too_large
from scenarios.language.text.yaml_text import MAX_BYTES as MOST_YAML
from scenarios.language.text.yaml_text import too_large as yaml_too_large
from scenarios.problems import InvalidInput, Problem, meant_by, or_else, shown

_TEMPLATE = "template-"


def library() -> Traversable:
    """Return the folder of shipped scenarios."""
    return resources.files("scenarios.library")


def shipped() -> tuple[str, ...]:
    """Return the names of the shipped scenarios, templates left out."""
    names = [entry.name for entry in library().iterdir() if entry.name.endswith(".yaml")]
    scenarios = [name for name in names if not name.startswith(_TEMPLATE) and not name.endswith(".data.yaml")]
    return tuple(sorted(name.removesuffix(".yaml") for name in scenarios if _is_scenario(name)))


def _is_scenario(name: str) -> bool:
    """Tell a scenario from the data descriptions that lie beside it: it says ``scenario:`` at the left margin."""
    text = library().joinpath(name).read_text("utf-8")
    return text.startswith("scenario:") or "\nscenario:" in text


@dataclass(frozen=True, kw_only=True)
class ScenarioFiles:
    """The folder of one scenario, and the bytes of what was read from it."""

    name: str
    """The scenario's file as messages name it."""
    folder: Traversable
    raw: bytes
    read_bytes: dict[str, bytes] = field(default_factory=dict)
    """By file name as the scenario writes it."""

    def read(self, name: str, *, where: str) -> tuple[bytes | None, Problem | None]:
        """Return the bytes of a file beside the scenario, or the problem that it cannot be read."""
        if name in self.read_bytes:
            return self.read_bytes[name], None
        if not name.strip():
            return None, Problem(where=where, what="file", expected="a file name", got="none", remedy="name the file")
        try:
            path = self.folder.joinpath(name)
            if isinstance(path, FilePath) and path.exists() and not (path.is_file() or path.is_dir()):
                raise OSError(errno.EINVAL, "a device or a pipe")
            raw = read_bounded(path, MAX_BYTES) if isinstance(path, FilePath) else path.read_bytes()
        except TooLarge as error:
            problem = too_large(name, error.got)
            return None, replace(problem, where=where, what=f"file {name}")
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            got = "no such file" if missing else (error.strerror or "an unreadable one").lower()
            if "://" in name:
                remedy = "download it, and name the file"
            else:
                meant = meant_by(name, self._beside()) if missing else None
                remedy = or_else(meant, "file names count from the scenario's folder")
            return None, Problem(where=where, what=f"file {name}", expected="a readable file", got=got, remedy=remedy)
        except ValueError:
            return None, Problem(where=where, what="file", expected="a file name", got=shown(name))
        self.read_bytes[name] = raw
        return raw, None

    def label(self, name: str) -> str:
        """A file beside the scenario as messages name it: with the folder that the scenario was named with."""
        return str(FilePath(self.name).parent / name)

    def exists(self, name: str) -> bool:
        """Whether a file or folder of this name lies beside the scenario."""
        entry = self.folder.joinpath(name)
        return entry.is_file() or entry.is_dir()

    def _beside(self) -> list[str]:
        try:
            return [entry.name for entry in self.folder.iterdir()]
        except OSError:
            return []


def open_scenario(name_or_path: str | FilePath) -> ScenarioFiles:
    """Find a scenario: a bare name is a shipped one, anything with a suffix or a slash is a path.

    Raises
    ------
    InvalidInput
        For an unknown name or an unreadable path, and where a bare name means a shipped scenario and a file alike.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, FilePath) or "/" in text or "\\" in text or FilePath(text).suffix:
        return _on_disk(FilePath(name_or_path))
    names = shipped()
    beside = [path for path in (FilePath(text), FilePath(f"{text}.yaml")) if text and path.is_file()]
    if text in names or (text.startswith(_TEMPLATE) and library().joinpath(f"{text}.yaml").is_file()):
        if beside:
            remedy = f"write ./{beside[0]} for your file, or rename it to use the shipped scenario"
            got = f"a shipped scenario and the file ./{beside[0]}"
            raise InvalidInput([Problem(where=text, what="scenario", expected="one meaning", got=got, remedy=remedy)])
        raw = library().joinpath(f"{text}.yaml").read_bytes()
        return ScenarioFiles(name=f"{text}.yaml", folder=library(), raw=raw)
    remedy = f"write ./{beside[0]} for your file" if beside else _list(text, names)
    raise InvalidInput(
        [Problem(where=text or "scenario", what="scenario", expected="a shipped scenario or a path", remedy=remedy)]
    )


def _list(text: str, names: tuple[str, ...]) -> str:
    meant = meant_by(text, names)
    shown = f"shipped: {', '.join(names)}"
    return shown if meant is None else f"{meant.remedy} {shown}"


def _on_disk(path: FilePath) -> ScenarioFiles:
    try:
        raw = read_bounded(path, MOST_YAML)
    except TooLarge as error:
        raise InvalidInput([yaml_too_large(str(path), error)]) from None
    except OSError as error:
        remedy = ""
        if isinstance(error, FileNotFoundError):
            try:
                beside = [entry.name for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml")]
            except OSError:
                beside = []
            remedy = or_else(meant_by(path.name, beside), "check the path")
        got = (
            "a folder"
            if path.is_dir()
            else "no such file"
            if remedy
            else (error.strerror or "an unreadable one").lower()
        )
        problem = Problem(where=str(path), what="scenario", expected="a readable YAML file", got=got, remedy=remedy)
        raise InvalidInput([problem]) from None
    return ScenarioFiles(name=str(path), folder=path.parent, raw=raw)
