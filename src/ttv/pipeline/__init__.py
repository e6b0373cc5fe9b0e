"""The stages of a film as steps with content-addressed results."""

from __future__ import annotations

from ttv.pipeline._commission import Commission
from ttv.pipeline._delivering import remove_films
from ttv.pipeline._estimate import Estimate, Line
from ttv.pipeline._given import Given, Gone
from ttv.pipeline._graph import opening_steps
from ttv.pipeline._making import Watcher
from ttv.pipeline._manifest import MANIFEST_FILE, Delivered, Unreadable, film_warnings
from ttv.pipeline._order import Limits, Mode, Order, Wish, check_prompt
from ttv.pipeline._pipeline import Pipeline
from ttv.pipeline._purse import Pocket, Purchase, Purse
from ttv.pipeline._reproduce import Difference, NotReproducible, Reproduction
from ttv.pipeline._shelf import Kept, Shelf
from ttv.pipeline._step import Kind, Outcome, Report, Result, Step, output_of
from ttv.pipeline._take import Take

__all__ = [
    "MANIFEST_FILE",
    "Commission",
    "Delivered",
    "Difference",
    "Estimate",
    "Given",
    "Gone",
    "Kept",
    "Kind",
    "Limits",
    "Line",
    "Mode",
    "NotReproducible",
    "Order",
    "Outcome",
    "Pipeline",
    "Pocket",
    "Purchase",
    "Purse",
    "Report",
    "Reproduction",
    "Result",
    "Shelf",
    "Step",
    "Take",
    "Unreadable",
    "Watcher",
    "Wish",
    "check_prompt",
    "film_warnings",
    "opening_steps",
    "output_of",
    "remove_films",
]
