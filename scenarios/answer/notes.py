"""Notes of an answer: what a reader must know beside its figures, a sentence each, and what each is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a note is about; a re-planning tells by it which notes of the plan that ran hold on."""

    EFFECTS = "effects"
    """What stands behind the effects, and why they may not be causal."""
    QUESTION = "question"
    """What the scenario says that is hardly meant, and offers that its rules leave no slot."""
    STOCK = "stock"
    """What there is to sell, and what it keeps in the best plan or out of it."""
    PLAN = "plan"
    """The plans that were found: charges, lines, rounding, shadow prices."""
    SEARCH = "search"
    """How plans were searched for, and how that ended."""
    BOUND = "bound"
    """What the bound proves, and what it does not."""
    FLIGHT = "flight"
    """What was changed while the campaign ran."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """One sentence that a reader must know."""

    about: Topic
    text: str


def notes_about(topic: Topic, sentences: Iterable[str]) -> tuple[Note, ...]:
    """Make a note of each sentence on a topic."""
    return tuple(Note(about=topic, text=sentence) for sentence in sentences)


def topic_of(note: Note | str) -> Topic | None:
    """Return what a note is about; None for the plain sentences of older folders, which do not tell."""
    return note.about if isinstance(note, Note) else None


def text_of(note: Note | str) -> str:
    """Return the sentence of a note."""
    return note.text if isinstance(note, Note) else note
