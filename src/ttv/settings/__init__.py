"""Every setting of the service, read once and checked at start.

``load`` reads, highest first: environment variables, ``.env``, secrets in files (``X_FILE``),
``api_config.yaml`` and ``pipeline_config.yaml``, defaults. The files are looked for in the
working folder or in ``TTV_CONFIG_DIR``. A setting ``data_dir`` is the variable
``TTV_DATA_DIR``; the names that the deployment guide promises also work bare (``API_PORT``).
An empty variable counts as unset, as Compose passes it. ``TTV_GENERATORS__KLING__MODEL`` is one
option of one back end; an option that holds a secret may name its file, as ``api_key_file``.

``Settings(...)`` itself is a plain value: it reads nothing but its arguments.
"""

from __future__ import annotations

from ttv.settings._load import load
from ttv.settings._model import GUIDE, Options, Settings

__all__ = ["GUIDE", "Options", "Settings", "load"]
