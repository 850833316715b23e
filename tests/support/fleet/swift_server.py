"""A whole OpenStack Swift with its S3 interface in one process: ``swift_server.py FOLDER PORT KEY SECRET``.

A program of its own: it makes its libraries wait without threads, for the whole of its process.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import eventlet

    eventlet.monkey_patch()

from eventlet import wsgi
from swift.account.server import AccountController
from swift.common import storage_policy, utils
from swift.common.ring import RingBuilder
from swift.common.wsgi import loadapp
from swift.container.server import ContainerController
from swift.obj.server import ObjectController

NAMES = "[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\ndefault = yes\n"
PROXY = """
[DEFAULT]
swift_dir = {folder}
log_address = /dev/null
log_level = ERROR
[pipeline:main]
pipeline = catch_errors gatekeeper s3api tempauth bulk slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:s3api]
use = egg:swift#s3api
location = {region}
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
allow_async_delete = false
"""
SERVERS = {"account": AccountController, "container": ContainerController, "object": ObjectController}


def main(folder: Path, port: int, key: str, secret: str, region: str) -> None:
    """Serve until it is killed."""
    (folder / "devices" / "disk").mkdir(parents=True)
    (folder / "swift.conf").write_text(NAMES)
    (folder / "proxy.conf").write_text(
        PROXY.format(folder=folder, region=region, user=key.replace(":", "_"), secret=secret)
    )
    utils.SWIFT_CONF_FILE = utils.config.SWIFT_CONF_FILE = str(folder / "swift.conf")
    utils.validate_hash_conf()
    storage_policy.reload_storage_policies()
    for name, controller in SERVERS.items():
        listener = eventlet.listen(("127.0.0.1", 0))
        keep_ring(folder, name, listener.getsockname()[1])
        settings = {"devices": str(folder / "devices"), "mount_check": "false", "swift_dir": str(folder)}
        eventlet.spawn(wsgi.server, listener, controller(settings), log_output=False)
    wsgi.server(eventlet.listen(("127.0.0.1", port)), loadapp(str(folder / "proxy.conf")), log_output=False)


def keep_ring(folder: Path, name: str, port: int) -> None:
    """Say that everything is kept once, on the one disk there is."""
    ring: Any = RingBuilder(1, 1, 1)
    where = {"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "disk"}
    ring.add_dev({**where, "weight": 1.0, "meta": ""})
    ring.rebalance()
    ring.get_ring().save(str(folder / f"{name}.ring.gz"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:6])
