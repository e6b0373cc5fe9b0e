"""An app whose services are not open: for what needs none of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from ttv import access, backends, webhooks
from ttv.api import Services, create_app, job_links
from ttv.jobs import (
    Census,
    Feed,
    Fleet,
    Jobs,
    JobStore,
    Leases,
    Places,
    Spend,
    StepQueue,
    Tenants,
    Totals,
    connect,
)
from ttv.pipeline import Pipeline
from ttv.settings import Settings
from ttv.wiring.uploads import uploads_in


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    connection = connect("unix:///nowhere")
    queue = StepQueue(connection)
    store = JobStore(connection, queue)
    settings = Settings(data_dir=tmp_path)
    artifacts = backends.build("ttv.artifacts", "disk", {"folder": str(tmp_path)})
    return create_app(
        Services(
            jobs=Jobs(
                connection=connection,
                queue=queue,
                store=store,
                leases=Leases(connection, queue),
                fleet=Fleet(connection),
                totals=Totals(connection),
                tenants=Tenants(connection),
                places=Places(connection),
                spend=Spend(connection),
                census=Census(connection),
            ),
            feed=Feed(connection, store),
            access=access.over(connection, settings, host="127.0.0.1"),
            hooks=webhooks.over(connection, settings, links=job_links).hooks,
            artifacts=artifacts,
            uploads=uploads_in(artifacts, settings),
            makes=Pipeline(planners={}, painters={}, generators={}, store=artifacts),
            settings=settings,
            new_request_id=lambda: "r1",
        )
    )
