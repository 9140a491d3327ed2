"""Signing and verifying: the key's owner finds every change; a missing, foreign or unverified signature is said."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest
from few_futures import few_futures
from plan_folders import basic_problem, good_lines, write_folder
from typer.testing import CliRunner

from constraints.checking.check import check
from planner.cli import app
from planner.report.check_verdict import signature_sentence
from scenarios.answer.secret_key import key_in
from scenarios.answer.signature import Signed, key_name
from scenarios.problems import InvalidInput

_few_futures = few_futures


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """An unsigned folder with one plan."""
    problem = basic_problem()
    folder = tmp_path_factory.mktemp("signed") / "plans"
    write_folder(problem, folder, good_lines(problem))
    return folder


@pytest.fixture
def folder(pristine, tmp_path):
    """A copy to sign."""
    return Path(shutil.copytree(pristine, tmp_path / "plans"))


def run(*arguments: object) -> tuple[int, str, str]:
    """Run a command; returns exit code, standard output and standard error."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_finance_signs_what_it_has_checked(folder, tmp_path):
    """--sign makes the key file for its owner only and signs; --key verifies; a plain check says unverified."""
    key = tmp_path / "finance.key"
    code, out, err = run("check", folder, "--key", key, "--sign")
    assert code == 0, out
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "made the key file" in err and "signed" in err
    verified, again, _ = run("check", folder, "--key", key)
    assert verified == 0
    named = f"Signed with your key {key_name(key_in(key, what='key', make=False))}, and unchanged since."
    assert named in out and named in again
    code, out, _ = run("check", folder)
    assert code == 0
    assert "was not verified" in " ".join(out.split())


def test_every_changed_byte_is_found_by_the_key(folder, tmp_path):
    """A change of any file after signing is named as such, whatever the hashes say."""
    key_file = tmp_path / "finance.key"
    run("check", folder, "--key", key_file, "--sign")
    key = key_in(key_file, what="key", make=False)
    for name in ("plans.json", "problem/hashes.json", "problem/question/template-basic.yaml"):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(kept + b"\n")
        report = check(folder, key=key)
        assert report.signed is Signed.CHANGED and not report.ok
        assert "was changed since" in signature_sentence(report)
        (folder / name).write_bytes(kept)
    assert check(folder, key=key).ok


def test_an_unsigned_folder_does_not_pass_with_a_key(folder, tmp_path):
    """Who asks for a signature is told that there is none, and how to get one; the answer is no."""
    key = tmp_path / "finance.key"
    key_in(key, what="key", make=True)
    code, out, _ = run("check", folder, "--key", key)
    assert code == 1
    assert "is not signed" in out and "--sign" in out and "a signature that does not hold" in out


def test_another_key_is_told_by_its_name(folder, tmp_path):
    """A folder that somebody else signed names both keys, which tell nothing of themselves."""
    mine, theirs = tmp_path / "mine.key", tmp_path / "theirs.key"
    run("check", folder, "--key", theirs, "--sign")
    key_in(mine, what="key", make=True)
    code, out, _ = run("check", folder, "--key", mine, "--json")
    document = json.loads(out)
    assert code == 1 and not document["ok"]
    assert document["signature"]["state"] == "another key"
    assert document["signature"]["signed_by"] != document["signature"]["key"]
    assert mine.read_text()[:16] not in out and theirs.read_text()[:16] not in out


def test_what_does_not_pass_is_not_signed(folder, tmp_path):
    """A folder with a difference stays unsigned."""
    path = folder / "plans.json"
    path.write_text(path.read_text("utf-8").replace('"seed": 3', '"seed": 4'), "utf-8")
    code, _, err = run("check", folder, "--key", tmp_path / "finance.key", "--sign")
    assert code == 1
    assert "not signed" in err and not (folder / "signature.json").exists()


def test_no_key_is_made_where_nothing_is_signed(folder, tmp_path):
    """Neither for a scenario with a mistake, nor for a question without a plan, nor for a folder that does not pass."""
    key, out = tmp_path / "keys" / "finance.key", tmp_path / "new"
    asked = ("plan", "template-basic", "--effort", "quick", "--out", out, "--key", key)
    code, _, err = run(*asked, "--set", "limits.total-budget.max=oops")
    assert code == 2 and "key" not in err
    apart = "limits=[{id: floor, measure: spend, min: 2}, {id: cap, measure: spend, max: 1}]"
    assert run(*asked, "--set", apart)[0] == 1
    path = folder / "plans.json"
    path.write_text(path.read_text("utf-8").replace('"seed": 3', '"seed": 4'), "utf-8")
    assert run("check", folder, "--key", key, "--sign")[0] == 1
    assert not key.parent.exists() and not out.exists()


def test_a_key_that_could_not_be_made_is_refused_before_the_search(folder, tmp_path):
    """In a folder that is passed on, or below a file: said at once, and nothing is left behind."""
    (tmp_path / "file").write_text("no folder")
    for place, words in ((folder / "finance.key", "keys are not"), (tmp_path / "file" / "k.key", "not a directory")):
        code, _, err = run("plan", "no-such-scenario", "--out", tmp_path / "new", "--key", place)
        assert code == 2 and words in err, err
        assert not place.exists()


def test_keys_that_others_may_read_are_refused(folder, tmp_path):
    """A key file with another mode, without a key, or that is missing is unusable input with its remedy."""
    open_key, text = tmp_path / "open.key", tmp_path / "text.key"
    open_key.write_text("ab" * 32)
    open_key.chmod(0o644)
    text.write_text("secret")
    text.chmod(0o600)
    for path, words in ((open_key, "chmod 600"), (text, "hexadecimal"), (tmp_path / "none.key", "no such file")):
        code, _, err = run("check", folder, "--key", path)
        assert code == 2 and words in err, err
    assert run("check", folder, "--sign")[0] == 2


def test_a_damaged_signature_cannot_be_used(folder, tmp_path):
    """Half a signature, or one of another kind, is unusable input."""
    key = tmp_path / "finance.key"
    run("check", folder, "--key", key, "--sign")
    path = folder / "signature.json"
    whole = path.read_text()
    for broken in (whole[:40], whole.replace("SHA256", "MD5"), whole.replace('"hmac": "', '"hmac": "0'), "é"):
        path.write_text(broken, "utf-8")
        with pytest.raises(InvalidInput, match="signature"):
            check(folder)


def test_a_key_needs_something_to_sign():
    """A key without --out is refused before anything is computed."""
    code, _, err = run("plan", "template-basic", "--key", "some.key")
    assert code == 2 and "--out" in err


def test_a_folder_that_cannot_be_signed_is_no_matter_of_another_out(folder, tmp_path, monkeypatch):
    """`check` has no ``--out``: on a read-only disk it says what can be done instead."""

    def closed(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("scenarios.answer.plan_files.write_whole", closed)
    code, _, err = run("check", folder, "--sign", "--key", tmp_path / "key")
    assert code == 2 and "got read-only file system; make it writable, or sign a copy of it" in err
