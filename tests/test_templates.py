"""Templates are valid wherever they are written, and never overwrite or leave half of what was asked for."""

from pathlib import Path

import pytest

from scenarios.language.templates import template, templates, write_template
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput


@pytest.mark.parametrize("name", templates())
@pytest.mark.parametrize("file", ["campaign.yaml", "my spring: sale.yaml", "2027.yaml", "双十一.yaml"])
def test_templates_are_valid_where_they_are_written(name, file, tmp_path):
    """A template and its tables take the name of the file and load from there at once."""
    written = write_template(name, tmp_path / file)
    loaded = load_scenario(written[0])
    assert loaded.scenario.scenario in (Path(file).stem, "campaign")
    assert all(path.exists() and path.name.startswith(Path(file).stem) for path in written)
    assert len(loaded.tables) == len(written) - 1


def test_templates_never_overwrite_silently(tmp_path):
    """An existing file is kept unless replacing is asked for; an unknown template is met with the known ones."""
    write_template("basic", tmp_path / "a.yaml")
    tmp_path.joinpath("a.yaml").write_text("mine")
    with pytest.raises(InvalidInput, match="add --force"):
        write_template("basic", tmp_path / "a.yaml")
    assert tmp_path.joinpath("a.yaml").read_text() == "mine"
    write_template("basic", tmp_path / "a.yaml", replace=True)
    with pytest.raises(InvalidInput, match=r"did you mean basic\?"):
        template("basci")
    with pytest.raises(InvalidInput, match="expected a writable place"):
        write_template("basic", tmp_path / "no" / "such" / "a.yaml")


def test_on_a_full_disk_a_template_leaves_nothing(tmp_path, monkeypatch):
    """A scenario without its tables would be in the way of the next try; older files stay as they were."""
    real = Path.write_text

    def full(path, text, **options):
        if "baseline" in path.name:
            raise OSError(28, "No space left on device")
        return real(path, text, **options)

    monkeypatch.setattr(Path, "write_text", full)
    message = r"a-baseline.csv: file: expected a writable place, got no space left on device; make room, or choose"
    with pytest.raises(InvalidInput, match=message):
        write_template("basic", tmp_path / "a.yaml")
    assert not list(tmp_path.iterdir())
