"""Jobs: their life, their store and the queue that delivers their steps."""

from ttv.jobs._advance import Advance, advance
from ttv.jobs._calls import Changed
from ttv.jobs._caretaker import Caretaker
from ttv.jobs._census import Census, Fate
from ttv.jobs._event import START, Event, EventKind, Tail
from ttv.jobs._feed import Feed, Watch
from ttv.jobs._fleet import Fleet
from ttv.jobs._job import POOLS, Cost, Failure, Job, Outcome, Step, StepId, Terms, is_job_id
from ttv.jobs._leases import Leases
from ttv.jobs._letter import DeadLetter, DeadLetters
from ttv.jobs._limits import Limits, QueueFull, TooManyJobs
from ttv.jobs._once import IdempotencyMismatch, Once, Repeated
from ttv.jobs._open import Jobs, opened
from ttv.jobs._outbox import Queue, Ticket
from ttv.jobs._page import MAX_LIMIT, Page
from ttv.jobs._places import Overview, Place, Places, PoolLoad, TenantLoad
from ttv.jobs._promises import Promises
from ttv.jobs._queue import Handler, StepQueue
from ttv.jobs._scripts import connect
from ttv.jobs._spend import SPEND_METRIC, Orphan, Paid, Spend, Sum
from ttv.jobs._state import MOVES, STAGES, STEP_MOVES, Stage, State, StepState
from ttv.jobs._store import Created, JobStore, new_job_id
from ttv.jobs._tenants import Tenant, Tenants
from ttv.jobs._totals import Totals
from ttv.jobs._worker import Claim, Hold, Sweep, WorkerCard

__all__ = [
    "MAX_LIMIT",
    "MOVES",
    "POOLS",
    "SPEND_METRIC",
    "STAGES",
    "START",
    "STEP_MOVES",
    "Advance",
    "Caretaker",
    "Census",
    "Changed",
    "Claim",
    "Cost",
    "Created",
    "DeadLetter",
    "DeadLetters",
    "Event",
    "EventKind",
    "Failure",
    "Fate",
    "Feed",
    "Fleet",
    "Handler",
    "Hold",
    "IdempotencyMismatch",
    "Job",
    "JobStore",
    "Jobs",
    "Leases",
    "Limits",
    "Once",
    "Orphan",
    "Outcome",
    "Overview",
    "Page",
    "Paid",
    "Place",
    "Places",
    "PoolLoad",
    "Promises",
    "Queue",
    "QueueFull",
    "Repeated",
    "Spend",
    "Stage",
    "State",
    "Step",
    "StepId",
    "StepQueue",
    "StepState",
    "Sum",
    "Sweep",
    "Tail",
    "Tenant",
    "TenantLoad",
    "Tenants",
    "Terms",
    "Ticket",
    "TooManyJobs",
    "Totals",
    "Watch",
    "WorkerCard",
    "advance",
    "connect",
    "is_job_id",
    "new_job_id",
    "opened",
]
