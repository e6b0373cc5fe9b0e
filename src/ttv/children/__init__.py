"""Child processes that cannot outlive or outgrow their parent.

Drawing, decoding and encoding run in children: a crash, a leak or a hostile clip ends the
child, not the worker. A child is a Python module that has a function ``work`` and ends with::

    if __name__ == "__main__":
        children.serve(work)

On Linux children are forked by a nursery, a process that has loaded their modules; one that has
a function ``warm`` fills its caches there. Elsewhere, and where a nursery cannot help, each
starts as ``python -m module``.

It leads a process group of its own. One line of JSON on stdin gives it the request; stdin
stays open, so its end means that the parent is gone, and then the group kills itself, also
after a kill -9 of the parent. The child speaks JSON lines on stdout: progress, warnings and
at last a result or an error of our families.
"""

from __future__ import annotations

from ttv.children._child import Report, serve
from ttv.children._parent import Child, run
from ttv.children._start import warm
from ttv.children._wire import Crashed, Limits, Message, OverLimit

__all__ = [
    "Child",
    "Crashed",
    "Limits",
    "Message",
    "OverLimit",
    "Report",
    "run",
    "serve",
    "warm",
]
