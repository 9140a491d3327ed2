"""What must not be in a model folder, put there on purpose."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from surrogate.data.files.pseudonyms import Pseudonyms


def leak_id(folder, loop):
    """Write an id into the notes."""
    edit(folder, lambda text: text.replace("Lifts are", f"{loop['ids'][7]} says: lifts are"))


def leak_key(folder, loop):
    """Write the key into the notes."""
    edit(folder, lambda text: text.replace("Lifts are", f"{loop['key'].hex()} lifts are"))


def leak_address(folder, _):
    """Write an e-mail address into the notes."""
    edit(folder, lambda text: text.replace("Lifts are", "ask anna.b@shop.example.com: lifts are"))


def leak_file(folder, loop):
    """Put a list of customers beside the model."""
    pq.write_table(pa.table({"household_id": loop["ids"]}), folder / "who.parquet")


def leak_pseudonyms(folder, loop):
    """Put pseudonyms beside the model, in an archive."""
    np.savez_compressed(folder / "extra.npz", who=Pseudonyms(loop["key"]).numbers(loop["ids"]))


def edit(folder, change):
    """Change a model's notes as a program would: sealed again."""
    from surrogate.model_file import sealed

    text = json.loads((folder / "model.json").read_text())
    del text["sha256"]
    changed = change(json.dumps(text, ensure_ascii=False))
    assert json.loads(changed) != text
    (folder / "model.json").write_bytes(sealed(json.loads(changed)))
